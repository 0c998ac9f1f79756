package postgres

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugin-sdk/plugintest"
	"prism.internal/plugins/postgres/internal/pgtest"
)

// waitFor polls until done returns true.
func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	plugintest.Eventually(t, func() error {
		if !done() {
			return errors.New(what)
		}
		return nil
	})
}

func containsAll(s string, parts ...string) bool {
	for _, part := range parts {
		if !strings.Contains(s, part) {
			return false
		}
	}
	return true
}

func TestServerIsKilledAndComesBack(t *testing.T) {
	server := pgtest.Own(t)
	s := openReady(t, server.URL("postgres"), "default")
	if err := s.Set(t.Context(), "a", []byte("kept"), 0); err != nil {
		t.Fatal(err)
	}
	useEveryConnection(t, s)
	server.Kill()
	for range 10 {
		if _, _, err := s.Get(t.Context(), "a"); !errors.Is(err, kv.ErrUnavailable) {
			t.Fatalf("Get without a server: %v", err)
		}
	}
	if err := s.Ping(t.Context()); !errors.Is(err, kv.ErrUnavailable) {
		t.Fatalf("Ping without a server: %v", err)
	}
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	value, _, err := s.Get(t.Context(), "a")
	if err != nil || string(value) != "kept" {
		t.Errorf("Get after the restart: %q, %v", value, err)
	}
}

// A restart that nothing noticed costs at most one call, not one a connection.
func TestUnnoticedRestart(t *testing.T) {
	server := pgtest.Own(t)
	s := openReady(t, server.URL("postgres"), "default")
	useEveryConnection(t, s)
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Get(t.Context(), "a"); err != nil && !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("first call after a restart: %v", err)
	}
	if _, _, err := s.Get(t.Context(), "a"); err != nil {
		t.Errorf("second call after a restart: %v", err)
	}
}

func useEveryConnection(t *testing.T, s *Store) {
	t.Helper()
	for range s.config.MaxConns {
		conn, err := s.db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close() // only at the end, so that each is another one
	}
}

func TestDatabaseIsReplaced(t *testing.T) {
	s := openReady(t, pgtest.Database(t), "default")
	if _, err := s.db.ExecContext(t.Context(), "DROP TABLE prism_kv, prism_migrations"); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(t.Context(), "a", nil, 0); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Set without the table: %v", err)
	}
	if err := s.Ping(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(t.Context(), "a", nil, 0); err != nil {
		t.Error(err)
	}
}

func TestFullPoolWaitsUntilTheDeadline(t *testing.T) {
	s := openReady(t, pgtest.Database(t), "default")
	var conns []interface{ Close() error }
	for range s.config.MaxConns {
		conn, err := s.db.Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
	defer cancel()
	if _, err := s.Exists(ctx, "a"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a call that finds the pool full: %v", err)
	}
	for _, conn := range conns {
		if err := conn.Close(); err != nil {
			t.Error(err)
		}
	}
	if _, err := s.Exists(t.Context(), "a"); err != nil {
		t.Errorf("after the pool has room again: %v", err)
	}
}

func TestSlowStatementEndsAtTheDeadline(t *testing.T) {
	s := openReady(t, pgtest.Database(t), "default")
	tx, err := s.db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := tx.ExecContext(t.Context(), "LOCK TABLE prism_kv"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := s.Set(ctx, "a", nil, 0); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Set on a locked table: %v", err)
	}
}
