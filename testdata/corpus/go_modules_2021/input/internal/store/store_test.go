package store

import (
	"net/http/httptest"
	"strings"
	"testing"
)

func TestAPutNoteIsGot(t *testing.T) {
	s := New()
	s.Put(httptest.NewRecorder(), httptest.NewRequest("PUT", "/notes/a", strings.NewReader("hi")))
	w := httptest.NewRecorder()
	s.Get(w, httptest.NewRequest("GET", "/notes/a", nil))
	if got := w.Body.String(); got != "hi" {
		t.Errorf("got %q, want %q", got, "hi")
	}
}
