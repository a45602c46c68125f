const fs = require("fs");

process.stdout.write(fs.readFileSync("dist/index.html"));
