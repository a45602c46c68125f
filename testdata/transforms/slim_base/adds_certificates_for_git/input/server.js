require("http").createServer((q, r) => r.end("tide")).listen(3000)
