'use strict';

const fs = require('fs');
const path = require('path');
const { marked } = require('marked');

const out = path.join(__dirname, '_site');

fs.mkdirSync(out, { recursive: true });
for (const name of fs.readdirSync(path.join(__dirname, 'pages'))) {
  const text = fs.readFileSync(path.join(__dirname, 'pages', name), 'utf8');
  const html = `<!doctype html>\n<meta charset="utf-8">\n${marked.parse(text)}`;
  fs.writeFileSync(path.join(out, name.replace(/\.md$/, '.html')), html);
}
