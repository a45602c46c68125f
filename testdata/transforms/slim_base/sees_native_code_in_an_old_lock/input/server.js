require('fast-level');
