var express = require('express');
var quotes = require('./quotes.json');

var app = express();

app.get('/', function (req, res) {
  var quote = quotes[Math.floor(Math.random() * quotes.length)];
  res.send(quote + '\n');
});

app.listen(8080);
console.log('Running on http://localhost:8080');
