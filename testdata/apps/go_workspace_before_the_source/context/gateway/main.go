package main

import (
	"fmt"
	"os"

	"example.com/harbour/libs/tides"
	"example.com/tide"
)

func main() {
	fmt.Println(tide.High(tides.Name(os.Args)))
}
