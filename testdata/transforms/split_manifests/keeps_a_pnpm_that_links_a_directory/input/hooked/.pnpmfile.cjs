module.exports = require('./hooks')
