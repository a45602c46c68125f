class Dto {}
