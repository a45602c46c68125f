'use strict';

const { execFile } = require('child_process');
const http = require('http');
const he = require('he');

http.createServer((req, res) => {
  const numbers = new URL(req.url, 'http://localhost').searchParams.get('n') || '1,2,3';
  execFile('python3', ['python/stats.py', numbers], { cwd: __dirname }, (err, out) => {
    res.setHeader('Content-Type', 'text/html; charset=utf-8');
    res.end(`<pre>${he.encode(err ? err.message : out)}</pre>`);
  });
}).listen(7000);
