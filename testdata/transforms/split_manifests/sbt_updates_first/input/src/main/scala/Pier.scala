@main def run() = ()
