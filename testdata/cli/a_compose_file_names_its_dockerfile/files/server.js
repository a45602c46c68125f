require("http").createServer((_, r) => r.end("open")).listen(3000);
