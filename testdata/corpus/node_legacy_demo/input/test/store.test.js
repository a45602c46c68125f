'use strict';

const test = require('node:test');
const assert = require('node:assert');
const Store = require('../lib/store');

test('a bookmark is found by its tag', () => {
  const store = new Store();
  store.add({ url: 'https://example.com/', tags: ['docs'] });
  store.add({ url: 'https://example.org/' });
  assert.strictEqual(store.list('docs').length, 1);
  assert.strictEqual(store.list().length, 2);
});

test('removing twice tells so', () => {
  const store = new Store();
  const { id } = store.add({ url: 'https://example.com/' });
  assert.strictEqual(store.remove(id), true);
  assert.strictEqual(store.remove(id), false);
});
