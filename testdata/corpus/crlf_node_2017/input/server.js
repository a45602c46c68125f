const http = require('http');
const os = require('os');
const prettyMs = require('pretty-ms');

http.createServer((req, res) => {
  res.end(`up ${prettyMs(os.uptime() * 1000)}\n`);
}).listen(8080);
