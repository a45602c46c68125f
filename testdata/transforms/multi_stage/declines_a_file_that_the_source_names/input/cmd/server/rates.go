package main

import "os"

func rates() ([]byte, error) {
	return os.ReadFile("testrates.csv")
}
