const express = require("express");
const path = require("path");

const app = express();
app.use(express.static(path.join(__dirname, "../client/dist")));
app.use("/fonts", express.static("../client/node_modules/@fontsource"));
app.listen(4000);
