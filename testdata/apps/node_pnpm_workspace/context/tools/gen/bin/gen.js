#!/usr/bin/env node
console.log("generated");
