package plugintest

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"
)

// Missing says what this machine lacks to start a server.
type Missing string

func (m Missing) Error() string { return string(m) }

type removable interface{ Remove() }

// Shared is a server that the tests of a package share.
type Shared[S removable] struct {
	start   func() (S, error)
	started atomic.Bool
}

// NewShared returns a server that the first test that needs it starts.
func NewShared[S removable](start func() (S, error)) *Shared[S] {
	return &Shared[S]{start: sync.OnceValues(start)}
}

// Main runs a package's tests and removes what they shared, which may be more
// than the server.
func (s *Shared[S]) Main(m *testing.M, more ...removable) {
	code := m.Run()
	s.Remove()
	for _, one := range more {
		one.Remove()
	}
	os.Exit(code)
}

// Start returns the server, which the first caller starts.
func (s *Shared[S]) Start() (S, error) {
	s.started.Store(true)
	return s.start()
}

// Remove removes the server, if it was started.
func (s *Shared[S]) Remove() {
	if !s.started.Load() {
		return
	}
	if server, err := s.start(); err == nil {
		server.Remove()
	}
}

// Get returns the server for a test of a tier that has servers.
func (s *Shared[S]) Get(t *testing.T) S {
	t.Helper()
	Server(t)
	return need(t, s.Start)
}

// Own starts a server that the test may kill.
func Own[S removable](t *testing.T, start func() (S, error)) S {
	t.Helper()
	Server(t)
	server := need(t, start)
	t.Cleanup(server.Remove)
	return server
}

// need ends the test if there is no server: it skips where the machine cannot
// start one, which in CI is a failure.
func need[S removable](t *testing.T, start func() (S, error)) S {
	t.Helper()
	server, err := start()
	var missing Missing
	switch {
	case errors.As(err, &missing) && os.Getenv("CI") != "true":
		t.Skip("SKIPPED: " + err.Error())
	case err != nil:
		t.Fatal(err)
	}
	return server
}
