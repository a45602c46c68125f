'use strict';

const fs = require('fs');
const path = require('path');

const pages = fs.readdirSync(path.join(__dirname, '_site'));
if (!pages.includes('index.html')) {
  console.error('no index.html in _site');
  process.exit(1);
}
console.log(`${pages.length} pages`);
