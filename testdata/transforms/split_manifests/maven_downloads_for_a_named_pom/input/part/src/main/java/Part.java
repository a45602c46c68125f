class Part {}
