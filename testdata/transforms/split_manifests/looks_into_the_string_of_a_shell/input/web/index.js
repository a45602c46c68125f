#!/usr/bin/env node
console.log('web');
