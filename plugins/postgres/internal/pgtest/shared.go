package pgtest

import (
	"database/sql"
	"fmt"
	"sync/atomic"
	"testing"

	_ "github.com/lib/pq" // the driver "postgres"

	"prism.internal/plugin-sdk/plugintest"
)

var (
	shared  = plugintest.NewShared(Start)
	schemas atomic.Int64
)

// Main runs a package's tests and removes what they shared.
func Main(m *testing.M) { shared.Main(m, clusters) }

// Own starts a server that the test may kill.
func Own(t *testing.T) *Server {
	t.Helper()
	return plugintest.Own(t, Start)
}

// Database returns the URL of a new, empty schema on the server that the tests
// of the package share: a database for each would copy a thousand files.
func Database(t *testing.T) string {
	t.Helper()
	s := shared.Get(t)
	admin, err := sql.Open("postgres", s.URL("postgres"))
	if err != nil {
		t.Fatal(err)
	}
	defer admin.Close()
	name := fmt.Sprintf("test_%d", schemas.Add(1))
	if _, err := admin.ExecContext(t.Context(), "CREATE SCHEMA "+name); err != nil {
		t.Fatal(err)
	}
	return s.URL("postgres") + "&search_path=" + name
}
