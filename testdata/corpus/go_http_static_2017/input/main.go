// Pingd answers pings, and serves the files in static.
package main

import (
	"flag"
	"fmt"
	"log"
	"net/http"
	"time"
)

func main() {
	addr := flag.String("addr", ":8080", "where to listen")
	dir := flag.String("static", "static", "files to serve")
	flag.Parse()

	started := time.Now()
	http.HandleFunc("/ping", func(w http.ResponseWriter, r *http.Request) {
		fmt.Fprintf(w, "pong, up %s\n", time.Since(started))
	})
	http.Handle("/", http.FileServer(http.Dir(*dir)))
	log.Fatal(http.ListenAndServe(*addr, nil))
}
