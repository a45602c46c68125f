'use strict';

const http = require('http');
const ms = require('ms');

const start = Date.now();

http.createServer((req, res) => {
  res.end(`hello for ${ms(Date.now() - start)}\n`);
}).listen(3000);
