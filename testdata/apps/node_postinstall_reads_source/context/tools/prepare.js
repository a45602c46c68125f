require('fs').writeFileSync('prepared.txt', 'ready\n');
