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

func open(t *testing.T, url string) *Store {
	t.Helper()
	c := Config{MaxConns: 4}
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
	conformance.Run(t, func(t *testing.T) kv.Store {
		redis.Flush()
		return open(t, redis.URL())
	})
}

func TestNamespacesAreApart(t *testing.T) {
	redis := redistest.Start(t)
	conformance.RunNamespaces(t, func(t *testing.T) kv.Store { return open(t, redis.URL()) })
}

func TestServerRestarts(t *testing.T) {
	redis := redistest.Start(t)
	s := open(t, redis.URL())
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
	redis.Configure("maxmemory-policy", "noeviction")
	redis.Configure("maxmemory", "1")
	err := open(t, redis.URL()).Set(t.Context(), "key", []byte("value"), 0)
	if !errors.Is(err, kv.ErrUnavailable) || !strings.Contains(err.Error(), "OOM") {
		t.Errorf("Set: %v", err)
	}
}

func TestExpiredKeysLeaveTheIndex(t *testing.T) {
	s := open(t, redistest.Start(t).URL())
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
	if n := s.client.ZCard(t.Context(), index(t.Context())).Val(); n != 1 {
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
}
