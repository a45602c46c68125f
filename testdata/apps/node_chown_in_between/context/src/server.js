const http = require('http');
const escape = require('escape-html');
const ms = require('ms');

function greet(name) {
  return `hello ${escape(name)}, come again in ${ms(ms('2 days'), { long: true })}`;
}

if (require.main === module) {
  http.createServer((req, res) => res.end(greet(req.url))).listen(process.env.PORT || 3000);
}
module.exports = { greet };
