package redis

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"prism.internal/plugin-sdk/conformance"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugins/redis/internal/redistest"
)

func open(t *testing.T, url, namespace string) *Store {
	t.Helper()
	c := Config{MaxConns: 4, Namespace: namespace}
	if err := c.parseURL(url); err != nil {
		t.Fatal(err)
	}
	s := Open(c)
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestConformance(t *testing.T) {
	redis := redistest.Start(t)
	conformance.Run(t, func(t *testing.T) kv.Store { return open(t, redis.URL(), t.Name()) })
}

func TestNamespacesAreApart(t *testing.T) {
	redis := redistest.Start(t)
	a, b := open(t, redis.URL(), "a"), open(t, redis.URL(), "b")
	if err := a.Set(t.Context(), "key", []byte("of a"), 0); err != nil {
		t.Fatal(err)
	}
	if found, err := b.Exists(t.Context(), "key"); found || err != nil {
		t.Errorf("namespace b sees the key of a: %v", err)
	}
	if page, err := b.Scan(t.Context(), kv.Query{Limit: 10}); len(page.Entries) != 0 || err != nil {
		t.Errorf("namespace b scans %v, %v", page, err)
	}
}

func TestServerRestarts(t *testing.T) {
	redis := redistest.Start(t)
	s := open(t, redis.URL(), "default")
	if err := s.Set(t.Context(), "key", []byte("value"), 0); err != nil {
		t.Fatal(err)
	}
	redis.Kill()
	if err := s.Ping(t.Context()); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Ping without a server: %v", err)
	}
	if err := s.Set(t.Context(), "key", nil, 0); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Set without a server: %v", err)
	}
	redis.Restart()
	value, found, err := s.Get(t.Context(), "key")
	if err != nil || !found || string(value) != "value" {
		t.Errorf("after the restart: %q, %t, %v; want the value that was acknowledged", value, found, err)
	}
}

func TestFullServerIsUnavailable(t *testing.T) {
	redis := redistest.Start(t)
	redis.Restart("--maxmemory", "1", "--maxmemory-policy", "noeviction")
	err := open(t, redis.URL(), "default").Set(t.Context(), "key", []byte("value"), 0)
	if !errors.Is(err, kv.ErrUnavailable) || !strings.Contains(err.Error(), "OOM") {
		t.Errorf("Set: %v", err)
	}
}

func TestExpiredKeysLeaveTheIndex(t *testing.T) {
	s := open(t, redistest.Start(t).URL(), "default")
	for i := range 30 {
		if err := s.Set(t.Context(), fmt.Sprint("brief-", i), nil, time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Set(t.Context(), "z", nil, 0); err != nil {
		t.Fatal(err)
	}
	time.Sleep(2 * time.Millisecond)
	page, err := s.Scan(t.Context(), kv.Query{Limit: 1})
	if err != nil || page.More || len(page.Entries) != 1 || page.Entries[0].Key != "z" {
		t.Errorf("%v, %v; want z, which comes after all expired keys", page, err)
	}
	if n := s.client.ZCard(t.Context(), s.index).Val(); n != 1 {
		t.Errorf("%d keys are in the index; want 1", n)
	}
}

func TestSettings(t *testing.T) {
	var c Config
	for _, url := range []string{"", "redis://me:s3cr%t@host", "http://host", "redis://host/x"} {
		if err := c.parseURL(url); err == nil || strings.Contains(err.Error(), "s3cr") {
			t.Errorf("%q: %v", url, err)
		}
	}
	for _, name := range []string{"", "a b", "{a}", strings.Repeat("a", 129)} {
		if c.parseNamespace(name) == nil {
			t.Errorf("the namespace %q is taken", name)
		}
	}
}
