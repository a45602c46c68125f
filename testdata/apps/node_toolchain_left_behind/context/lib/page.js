exports.page = (url, size, time) =>
  `you asked for ${url}: ${size} in ${time}\n`;
