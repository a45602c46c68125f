@main def ships = println("ships")
