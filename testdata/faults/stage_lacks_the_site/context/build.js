const fs = require("fs");

fs.mkdirSync("dist", { recursive: true });
fs.writeFileSync("dist/index.html", `<h1>${fs.readFileSync("src/title", "utf8").trim()}</h1>\n`);
