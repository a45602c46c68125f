'use strict';

// Small enough to do without a bundler: React's browser builds and our own
// code, with JSX compiled, one after the other.
const fs = require('fs');
const path = require('path');
const buble = require('buble');

const root = path.join(__dirname, '..');
const out = path.join(root, 'build');
const react = require.resolve('react/umd/react.production.min.js');
const reactDom = require.resolve('react-dom/umd/react-dom.production.min.js');
const source = fs.readFileSync(path.join(root, 'src', 'app.jsx'), 'utf8');
const code = buble.transform(source).code;

fs.mkdirSync(out, { recursive: true });
fs.writeFileSync(
  path.join(out, 'bundle.js'),
  [react, reactDom].map((file) => fs.readFileSync(file, 'utf8')).join('\n') + code
);
fs.copyFileSync(path.join(root, 'public', 'index.html'), path.join(out, 'index.html'));
