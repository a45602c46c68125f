const fs = require('fs');
fs.mkdirSync('dist', { recursive: true });
fs.writeFileSync('dist/stamp.txt', require('./package.json').version + '\n');
