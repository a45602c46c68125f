'use strict';

const http = require('http');
const createApp = require('./lib/app');
const Store = require('./lib/store');

const port = Number(process.env.PORT || 3000);
const file = process.env.BOOKMARKS_FILE || '/var/lib/bookmarks/bookmarks.json';

const server = http.createServer(createApp(new Store(file)));

server.listen(port, () => {
  console.log(`bookmarks-api listens on ${port}`);
});

process.on('SIGTERM', () => {
  server.close(() => process.exit(0));
});
