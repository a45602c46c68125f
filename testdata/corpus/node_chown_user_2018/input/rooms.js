'use strict';

const rooms = new Map();

exports.join = function join(name, socket) {
  if (!rooms.has(name)) {
    rooms.set(name, new Set());
  }
  rooms.get(name).add(socket);
  return () => rooms.get(name).delete(socket);
};

exports.say = function say(name, text) {
  for (const socket of rooms.get(name) || []) {
    socket.send(text);
  }
};
