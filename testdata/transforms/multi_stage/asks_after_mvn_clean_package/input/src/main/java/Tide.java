class Tide { }
