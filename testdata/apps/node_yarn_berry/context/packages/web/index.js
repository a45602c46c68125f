const { light } = require("@lamp/core");
console.log(require("kleur").yellow(light()), require("ms")("1s"));
