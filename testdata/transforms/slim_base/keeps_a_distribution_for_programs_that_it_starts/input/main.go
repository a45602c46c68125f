package main

import (
	"fmt"
	"net/http"
	"os/exec"
)

func main() {
	http.HandleFunc("/", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprintln(w, "high water")
	})
	exec.Command("date").Run()
	http.ListenAndServe(":8080", nil)
}
