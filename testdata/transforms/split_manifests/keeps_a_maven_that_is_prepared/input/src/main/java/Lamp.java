class Lamp { }
