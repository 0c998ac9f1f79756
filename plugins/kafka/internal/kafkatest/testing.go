package kafkatest

import (
	"errors"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	"prism.internal/plugin-sdk/plugintest"
)

var (
	shared  = sync.OnceValues(Start)
	started atomic.Bool
)

// Main runs a package's tests and removes what they shared.
func Main(m *testing.M) {
	code := m.Run()
	if started.Load() {
		if s, err := shared(); err == nil {
			s.Remove()
		}
	}
	os.Exit(code)
}

// Shared returns the broker that the tests of the package share; each uses a
// topic of its own.
func Shared(t *testing.T) *Server {
	t.Helper()
	plugintest.Server(t)
	started.Store(true)
	return need(t, shared)
}

// Own starts a broker that the test may kill.
func Own(t *testing.T) *Server {
	t.Helper()
	plugintest.Server(t)
	s := need(t, Start)
	t.Cleanup(s.Remove)
	return s
}

// need ends the test if there is no broker: it skips where Kafka cannot be had,
// which in CI is a failure.
func need(t *testing.T, start func() (*Server, error)) *Server {
	t.Helper()
	s, err := start()
	switch {
	case errors.Is(err, ErrMissing) && os.Getenv("CI") != "true":
		t.Skip("SKIPPED: " + err.Error())
	case err != nil:
		t.Fatal(err)
	}
	return s
}
