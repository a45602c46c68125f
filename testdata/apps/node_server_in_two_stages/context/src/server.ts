import ms from "ms";

declare function require(name: string): any;

const http = require("http");

http
  .createServer((_request: unknown, response: any) => {
    response.end(`open for ${ms(60000)}\n`);
  })
  .listen(3000);
