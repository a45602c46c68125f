// Package store keeps notes in memory.
package store

import (
	"io"
	"net/http"
	"path"
	"sync"
)

// Store is a set of named notes.
type Store struct {
	mu    sync.RWMutex
	notes map[string][]byte
}

// New returns an empty store.
func New() *Store {
	return &Store{notes: map[string][]byte{}}
}

// Get writes the note that the path names.
func (s *Store) Get(w http.ResponseWriter, r *http.Request) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	note, ok := s.notes[path.Base(r.URL.Path)]
	if !ok {
		http.NotFound(w, r)
		return
	}
	w.Write(note)
}

// Put stores the body under the name that the path names.
func (s *Store) Put(w http.ResponseWriter, r *http.Request) {
	note, err := io.ReadAll(io.LimitReader(r.Body, 1<<16))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.notes[path.Base(r.URL.Path)] = note
}
