exports.price = 1;
