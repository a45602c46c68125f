'use strict';

const Mustache = require('mustache');
const templates = require('./templates');

module.exports = (name, view) => Mustache.render(templates[name], view);
