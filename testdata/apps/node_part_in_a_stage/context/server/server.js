const fs = require("fs");
const http = require("http");
const path = require("path");

const page = path.join(__dirname, "../client/dist/index.html");

http.createServer((request, response) => {
  response.end(fs.readFileSync(page));
}).listen(4000);
