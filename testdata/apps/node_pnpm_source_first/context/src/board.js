const kleur = require('kleur');
const ms = require('ms');

console.log(kleur.bold('high water'), ms('6h', { long: true }));
