const { boil } = require('@kettle/core');
const bytes = require('bytes');
console.log(boil(3), bytes(1024));
