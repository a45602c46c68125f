'use strict';

const render = require('./lib/render');

const to = process.argv[2] || 'Ada';
process.stdout.write(render('welcome', { name: to, url: 'https://example.com/login' }));
