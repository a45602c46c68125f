'use strict';

const http = require('http');
const { total, age } = require('@ledger/common');

const started = { time: Date.now() };
const entries = [{ cents: 1250 }, { cents: -400 }];

http.createServer((req, res) => {
  res.setHeader('Content-Type', 'application/json');
  res.end(JSON.stringify({ total: total(entries), up: age(started, Date.now()) }));
}).listen(4000);
