from politeness import hello

print(hello("world"))
