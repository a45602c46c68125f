package main

import (
	"log"
	"net/http"

	"github.com/gorilla/mux"

	"example.com/notes/internal/store"
)

func main() {
	notes := store.New()
	r := mux.NewRouter()
	r.HandleFunc("/notes/{name}", notes.Get).Methods(http.MethodGet)
	r.HandleFunc("/notes/{name}", notes.Put).Methods(http.MethodPut)
	log.Fatal(http.ListenAndServe(":8080", r))
}
