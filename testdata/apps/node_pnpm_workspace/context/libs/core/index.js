const ms = require("ms");
exports.boil = () => ms("3m");
