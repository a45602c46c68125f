'use strict';

const fs = require('fs');
const path = require('path');
const Mustache = require('mustache');

const dir = path.join(__dirname, '..', 'templates');
const templates = {};

for (const file of fs.readdirSync(dir)) {
  const text = fs.readFileSync(path.join(dir, file), 'utf8');
  Mustache.parse(text); // a broken template fails the build, not the mail
  templates[path.basename(file, '.mustache')] = text;
}
fs.writeFileSync(
  path.join(__dirname, '..', 'lib', 'templates.js'),
  `module.exports = ${JSON.stringify(templates, null, 2)};\n`
);
