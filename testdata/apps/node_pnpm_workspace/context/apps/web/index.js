const { boil } = require("@kettle/core");
console.log(require("kleur").red(String(boil())));
