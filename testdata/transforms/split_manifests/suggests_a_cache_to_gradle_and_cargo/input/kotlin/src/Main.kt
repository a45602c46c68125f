fun main() = println("tide")
