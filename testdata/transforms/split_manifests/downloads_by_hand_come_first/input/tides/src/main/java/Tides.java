class Tides {}
