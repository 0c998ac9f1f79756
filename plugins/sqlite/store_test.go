package sqlite

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"prism.internal/plugin-sdk/conformance"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugin-sdk/plugintest"
)

func openAt(t *testing.T, path string) *Store {
	t.Helper()
	s, err := Open(Config{Path: path, Readers: 4, ReapInterval: 10 * time.Millisecond}, slog.New(slog.DiscardHandler))
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

func file(t *testing.T) string { return filepath.Join(t.TempDir(), "odd %20 ?#name", "prism.db") }

func openFile(t *testing.T) *Store {
	t.Helper()
	plugintest.Embedded(t)
	path := file(t)
	if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	return openAt(t, path)
}

func TestConformanceInMemory(t *testing.T) {
	conformance.RunInstantly(t, func(t *testing.T) kv.Store { return openAt(t, Memory) })
}

func TestConformanceInAFile(t *testing.T) {
	conformance.RunInstantly(t, func(t *testing.T) kv.Store { return openFile(t) })
}

func TestNamespacesAreApart(t *testing.T) {
	conformance.RunNamespaces(t, func(t *testing.T) kv.Store { return openAt(t, Memory) })
}

func TestDatabasesInMemoryAreApart(t *testing.T) {
	a, b := openAt(t, Memory), openAt(t, Memory)
	if err := a.Set(t.Context(), "key", nil, 0); err != nil {
		t.Fatal(err)
	}
	if found, err := b.Exists(t.Context(), "key"); found || err != nil {
		t.Errorf("the other database has the key: %v", err)
	}
}

func TestWritesSurviveWithoutClose(t *testing.T) {
	s := openFile(t)
	if err := s.Set(t.Context(), "key", []byte("value"), 0); err != nil {
		t.Fatal(err)
	}
	// As after a crash: the first store still holds the file and its log.
	value, found, err := openAt(t, s.config.Path).Get(t.Context(), "key")
	if err != nil || !found || string(value) != "value" {
		t.Errorf("%q, %t, %v", value, found, err)
	}
}

func TestWritersOfTwoProcessesWait(t *testing.T) {
	a := openFile(t)
	b := openAt(t, a.config.Path)
	var group sync.WaitGroup
	for i, s := range []*Store{a, b} {
		group.Go(func() {
			for n := range 50 {
				if err := s.Set(t.Context(), fmt.Sprintf("%d-%d", i, n), nil, 0); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	group.Wait()
	page, err := a.Scan(t.Context(), kv.Query{Limit: 1000, KeysOnly: true})
	if err != nil || len(page.Entries) != 100 {
		t.Errorf("%d keys, %v; want 100", len(page.Entries), err)
	}
}

func TestMigrationsGoOn(t *testing.T) {
	s := openFile(t)
	broken := append(migrations[:len(migrations):len(migrations)], "CREATE TABLE x (y)", "nonsense")
	if err := migrate(t.Context(), s.write, broken); err == nil {
		t.Fatal("a broken migration succeeded")
	}
	version := -1
	if err := s.write.QueryRowContext(t.Context(), "PRAGMA user_version").Scan(&version); err != nil || version != len(migrations) {
		t.Errorf("a broken migration left version %d, %v", version, err)
	}
	newer := append(migrations[:len(migrations):len(migrations)], "CREATE TABLE x (y)")
	if err := migrate(t.Context(), s.write, newer); err != nil {
		t.Fatal(err)
	}
	if err := migrate(t.Context(), s.write, migrations); err != nil {
		t.Errorf("a plugin that is older than the schema: %v", err)
	}
	if err := migrate(t.Context(), s.write, migrations[:1]); err == nil {
		t.Error("a plugin that is two versions older takes the schema")
	}
}

func TestExpiredRowsAreReaped(t *testing.T) {
	s := openAt(t, Memory)
	for i := range 2*reapBatch + 1 {
		if err := s.Set(t.Context(), fmt.Sprint("brief-", i), nil, time.Microsecond); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Set(t.Context(), "long", nil, time.Hour); err != nil {
		t.Fatal(err)
	}
	plugintest.Eventually(t, func() error {
		rows := -1
		err := s.read.QueryRowContext(t.Context(), "SELECT count(*) FROM prism_kv").Scan(&rows)
		if err != nil || rows != 1 {
			return fmt.Errorf("%d rows are left, %v; want 1", rows, err)
		}
		return nil
	})
}

func TestScanUsesTheIndex(t *testing.T) {
	s := openAt(t, Memory)
	var id, parent, unused int
	var plan string
	row := s.read.QueryRowContext(t.Context(), "EXPLAIN QUERY PLAN "+scanSQL, "", []byte("a"), 0, []byte("a"))
	if err := row.Scan(&id, &parent, &unused, &plan); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(plan, "SEARCH") || !strings.Contains(plan, "key>") {
		t.Errorf("the plan is %s", plan)
	}
}

func TestUnusableFiles(t *testing.T) {
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte(strings.Repeat("not a database\n", 100)), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{dir, text, filepath.Join(dir, "missing", "prism.db")} {
		_, err := Open(Config{Path: path, Readers: 1, ReapInterval: time.Second}, slog.New(slog.DiscardHandler))
		if err == nil || !strings.Contains(err.Error(), path) {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestLockedDatabaseIsUnavailable(t *testing.T) {
	s := openFile(t)
	other := openAt(t, s.config.Path)
	tx, err := other.write.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer tx.Rollback()
	if _, err := s.write.ExecContext(t.Context(), "PRAGMA busy_timeout = 1"); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(t.Context(), "key", nil, 0); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Set: %v", err)
	}
	if _, _, err := s.Get(t.Context(), "key"); err != nil {
		t.Errorf("a reader waits for the writer: %v", err)
	}
}

func BenchmarkSetGet(b *testing.B) {
	s, err := Open(Config{Path: Memory, ReapInterval: time.Hour}, slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer s.Close()
	for i := 0; b.Loop(); i++ {
		key := fmt.Sprint("key-", i%10_000)
		if err := s.Set(b.Context(), key, []byte("value"), 0); err != nil {
			b.Fatal(err)
		}
		if _, found, err := s.Get(b.Context(), key); err != nil || !found {
			b.Fatal(found, err)
		}
	}
}
