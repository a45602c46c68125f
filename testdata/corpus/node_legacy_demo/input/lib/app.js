'use strict';

const path = require('path');
const express = require('express');
const compression = require('compression');
const morgan = require('morgan');
const bookmarks = require('./routes/bookmarks');

module.exports = function createApp(store) {
  const app = express();

  if (process.env.NODE_ENV !== 'test') {
    app.use(morgan('combined'));
  }
  app.use(compression());
  app.use(express.json({ limit: '64kb' }));
  app.use(express.static(path.join(__dirname, '..', 'public')));

  app.get('/healthz', (req, res) => res.json({ ok: true }));
  app.use('/api/bookmarks', bookmarks(store));

  app.use((req, res) => res.status(404).json({ error: 'not found' }));
  app.use((err, req, res, next) => { // eslint-disable-line no-unused-vars
    console.error(err);
    res.status(err.status || 500).json({ error: err.message });
  });

  return app;
};
