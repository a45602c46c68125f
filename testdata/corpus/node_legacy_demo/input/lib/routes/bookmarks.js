'use strict';

const express = require('express');

function isHttpUrl(text) {
  try {
    return /^https?:$/.test(new URL(text).protocol);
  } catch (err) {
    return false;
  }
}

module.exports = function bookmarks(store) {
  const router = express.Router();

  router.get('/', (req, res) => {
    res.json(store.list(req.query.tag));
  });

  router.post('/', (req, res) => {
    const { url, title, tags } = req.body;
    if (!isHttpUrl(url)) {
      return res.status(400).json({ error: 'url must be an http(s) URL' });
    }
    return res.status(201).json(store.add({ url, title, tags }));
  });

  router.delete('/:id', (req, res) => {
    res.status(store.remove(Number(req.params.id)) ? 204 : 404).end();
  });

  return router;
};
