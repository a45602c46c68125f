'use strict';

const fs = require('fs');
const http = require('http');
const path = require('path');

const root = path.join(__dirname, '_site');

http.createServer((req, res) => {
  const name = path.basename(req.url === '/' ? 'index.html' : req.url);
  fs.readFile(path.join(root, name), (err, body) => {
    res.writeHead(err ? 404 : 200, { 'Content-Type': 'text/html; charset=utf-8' });
    res.end(err ? 'not found' : body);
  });
}).listen(8000);
