const ms = require('ms');
exports.boil = (litres) => ms(litres * 60000);
