package main

import (
	"os"
	"text/template"
)

func main() {
	page := template.Must(template.ParseFiles("pages/notice.tmpl"))
	page.Execute(os.Stdout, os.Args[1])
}
