package pgtest

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"sync"
	"sync/atomic"
	"testing"

	_ "github.com/lib/pq" // the driver "postgres"

	"prism.internal/plugin-sdk/plugintest"
)

var (
	shared    = sync.OnceValues(Start)
	started   atomic.Bool
	databases atomic.Int64
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

// need ends the test if there is no server: it skips where PostgreSQL is missing,
// which in CI is a failure.
func need(t *testing.T, err error) {
	t.Helper()
	switch {
	case errors.Is(err, ErrMissing) && os.Getenv("CI") != "true":
		t.Skip("SKIPPED: " + err.Error())
	case err != nil:
		t.Fatal(err)
	}
}

// Own starts a server that the test may kill.
func Own(t *testing.T) *Server {
	t.Helper()
	plugintest.Server(t)
	s, err := Start()
	need(t, err)
	t.Cleanup(s.Remove)
	return s
}

// Database returns the URL of a new, empty database on the server that the
// tests of the package share.
func Database(t *testing.T) string {
	t.Helper()
	plugintest.Server(t)
	started.Store(true)
	s, err := shared()
	need(t, err)
	admin, err := sql.Open("postgres", s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	name := fmt.Sprintf("test_%d", databases.Add(1))
	if _, err := admin.ExecContext(t.Context(), "CREATE DATABASE "+name); err != nil {
		t.Fatal(err)
	}
	return s.URL(name)
}
