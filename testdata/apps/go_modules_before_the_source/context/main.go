package main

import (
	"fmt"
	"os"

	"example.com/tide"
)

func main() {
	port := "Brest"
	if len(os.Args) > 1 {
		port = os.Args[1]
	}
	fmt.Println(tide.High(port))
}
