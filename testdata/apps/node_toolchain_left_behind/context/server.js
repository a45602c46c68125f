const http = require('http');
const bytes = require('bytes');
const ms = require('ms');
const { page } = require('./lib/page');

http.createServer((request, response) => {
  response.end(page(request.url, bytes(2048), ms(90000)));
}).listen(process.env.PORT || 3000);
