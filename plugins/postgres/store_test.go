package postgres

import (
	"database/sql"
	"errors"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/lib/pq"

	"prism.internal/plugin-sdk/conformance"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugins/postgres/internal/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// open returns a store that has not connected yet.
func open(t *testing.T, url, namespace string) *Store {
	t.Helper()
	database, err := pq.NewConfig(url)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Open(Config{Database: database, Namespace: namespace, MaxConns: 4, ReapInterval: 10 * time.Millisecond},
		slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func openReady(t *testing.T, url, namespace string) *Store {
	t.Helper()
	s := open(t, url, namespace)
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	return s
}

// query returns the one number that a query selects.
func query(t *testing.T, db *sql.DB, query string) (n int) {
	t.Helper()
	if err := db.QueryRowContext(t.Context(), query).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) kv.Store {
		return openReady(t, pgtest.Database(t), "default")
	})
}

func TestNamespacesOfCallsAreApart(t *testing.T) {
	conformance.RunNamespaces(t, func(t *testing.T) kv.Store { return openReady(t, pgtest.Database(t), "") })
}

func TestOneNamespaceOnly(t *testing.T) {
	s := open(t, "postgres://127.0.0.1:1/none", "sql")
	for asked, ok := range map[string]bool{"": true, "sql": true, "other": false} {
		got, err := s.namespace(kv.WithNamespace(t.Context(), asked))
		if (err == nil) != ok || ok && got != "sql" {
			t.Errorf("%q: %q, %v", asked, got, err)
		}
	}
	if got, err := open(t, "postgres://127.0.0.1:1/none", "").namespace(t.Context()); got != "default" || err != nil {
		t.Errorf("no namespace at all: %q, %v", got, err)
	}
}

func TestTLSIsTheDefaultBeyondThisMachine(t *testing.T) {
	for host, want := range map[string]pq.SSLMode{
		"db.example.org": pq.SSLModeVerifyFull, "192.0.2.1": pq.SSLModeVerifyFull, "2001:db8::1": pq.SSLModeVerifyFull,
		"localhost": pq.SSLModePrefer, "127.0.0.1": pq.SSLModePrefer, "::1": pq.SSLModePrefer, "/run/postgresql": pq.SSLModePrefer,
	} {
		if got := defaultSSLMode(host); got != want {
			t.Errorf("%s: %q", host, got)
		}
	}
}

func TestNamespacesAreApart(t *testing.T) {
	url := pgtest.Database(t)
	a, b := openReady(t, url, "a"), openReady(t, url, "b")
	if err := a.Set(t.Context(), "key", []byte("of a"), 0); err != nil {
		t.Fatal(err)
	}
	if _, found, err := b.Get(t.Context(), "key"); found || err != nil {
		t.Errorf("namespace b sees the key of a: %v", err)
	}
	if page, err := b.Scan(t.Context(), kv.Query{Limit: 10}); len(page.Entries) != 0 || err != nil {
		t.Errorf("namespace b scans %v, %v", page, err)
	}
	if existed, err := b.Delete(t.Context(), "key"); existed || err != nil {
		t.Errorf("namespace b deletes the key of a: %v", err)
	}
}

func TestMigrationsAtOnce(t *testing.T) {
	url := pgtest.Database(t)
	var group sync.WaitGroup
	for range 4 {
		s := open(t, url, "default")
		group.Go(func() {
			if err := s.Ping(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	db := open(t, url, "default").db
	if n := query(t, db, "SELECT count(*) FROM prism_migrations"); n != len(migrations) {
		t.Errorf("%d migrations are recorded; want %d", n, len(migrations))
	}
}

func TestMigrationsGoOn(t *testing.T) {
	db := open(t, pgtest.Database(t), "default").db
	if err := migrate(t.Context(), db, migrations[:1]); err != nil {
		t.Fatal(err)
	}
	broken := append(migrations[:len(migrations):len(migrations)], "CREATE TABLE x (y int)", "nonsense")
	if err := migrate(t.Context(), db, broken); err == nil {
		t.Fatal("a broken migration succeeded")
	}
	if n := query(t, db, "SELECT max(version) FROM prism_migrations"); n != 1 {
		t.Errorf("a broken migration left version %d", n)
	}
	if err := migrate(t.Context(), db, migrations); err != nil {
		t.Fatal(err)
	}
	if err := migrate(t.Context(), db, migrations[:1]); err != nil {
		t.Errorf("a plugin that is older than the schema: %v", err)
	}
	if err := migrate(t.Context(), db, nil); err == nil || !strings.Contains(err.Error(), "use a newer plugin") {
		t.Errorf("a plugin that is two versions older than the schema: %v", err)
	}
}

func TestExpiredRowsAreReaped(t *testing.T) {
	s := openReady(t, pgtest.Database(t), "default")
	if _, err := s.db.ExecContext(t.Context(), `INSERT INTO prism_kv
		SELECT 'default', convert_to('k' || i, 'UTF8'), '', now() FROM generate_series(1, 2500) AS i`); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(t.Context(), "long", nil, time.Hour); err != nil {
		t.Fatal(err)
	}
	waitFor(t, "expired rows are gone", func() bool {
		return query(t, s.db, "SELECT count(*) FROM prism_kv") == 1
	})
}

func TestScanUsesTheIndex(t *testing.T) {
	s := openReady(t, pgtest.Database(t), "default")
	if _, err := s.db.ExecContext(t.Context(), `INSERT INTO prism_kv
		SELECT 'default', convert_to('k' || i, 'UTF8'), '' FROM generate_series(1, 5000) AS i`); err != nil {
		t.Fatal(err)
	}
	if _, err := s.db.ExecContext(t.Context(), "ANALYZE prism_kv"); err != nil {
		t.Fatal(err)
	}
	var plan string
	err := s.db.QueryRowContext(t.Context(), "EXPLAIN (FORMAT JSON) "+scanSQL,
		"default", []byte("k2"), []byte("k"), after("k"), 10, 1000).Scan(&plan)
	if err != nil {
		t.Fatal(err)
	}
	if !containsAll(plan, `"Index Scan"`, "prism_kv_pkey") {
		t.Errorf("the plan is %s", plan)
	}
}

func TestCallsBeforeTheSchemaAreUnavailable(t *testing.T) {
	s := open(t, "postgres://127.0.0.1:1/none?sslmode=disable", "default")
	if _, _, err := s.Get(t.Context(), "a"); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Get: %v", err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Ping: %v", err)
	}
}
