'use strict';

const ms = require('ms');

exports.total = function total(entries) {
  return entries.reduce((sum, entry) => sum + entry.cents, 0);
};

exports.age = function age(entry, now) {
  return ms(now - entry.time, { long: true });
};
