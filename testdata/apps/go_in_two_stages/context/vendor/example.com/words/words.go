package words

func Greeting() string { return "hello from a module" }
