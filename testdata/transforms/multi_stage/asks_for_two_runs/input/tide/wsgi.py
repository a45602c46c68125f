from tide import HEIGHT
