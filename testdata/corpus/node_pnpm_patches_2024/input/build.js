'use strict';

// One file out of two: the page and the one dependency.
const fs = require('fs');

const ms = fs.readFileSync(require.resolve('ms'), 'utf8');
const main = fs.readFileSync('src/main.js', 'utf8');

fs.mkdirSync('dist', { recursive: true });
fs.writeFileSync('dist/ms.js', ms);
fs.writeFileSync('dist/main.js', main.replace("'ms'", "'./ms'"));
