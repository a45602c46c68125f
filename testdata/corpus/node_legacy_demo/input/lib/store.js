'use strict';

const fs = require('fs');

// A list in memory, written to a file after each change.
class Store {
  constructor(file) {
    this.file = file;
    this.items = [];
    this.next = 1;
    if (file && fs.existsSync(file)) {
      this.items = JSON.parse(fs.readFileSync(file, 'utf8'));
      this.next = 1 + this.items.reduce((max, b) => Math.max(max, b.id), 0);
    }
  }

  list(tag) {
    return tag ? this.items.filter((b) => b.tags.includes(tag)) : this.items;
  }

  add({ url, title, tags }) {
    const item = { id: this.next++, url, title: title || url, tags: tags || [] };
    this.items.push(item);
    this.save();
    return item;
  }

  remove(id) {
    const before = this.items.length;
    this.items = this.items.filter((b) => b.id !== id);
    this.save();
    return this.items.length < before;
  }

  save() {
    if (this.file) {
      fs.writeFileSync(this.file, JSON.stringify(this.items, null, 2));
    }
  }
}

module.exports = Store;
