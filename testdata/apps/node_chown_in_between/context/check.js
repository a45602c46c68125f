console.log(require('./src/server').greet('<b>'));
