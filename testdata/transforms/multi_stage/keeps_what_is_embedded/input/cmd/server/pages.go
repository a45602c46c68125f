package main

import "embed"

//go:embed templates/*.html style.css
var pages embed.FS
