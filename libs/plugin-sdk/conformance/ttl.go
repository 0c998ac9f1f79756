package conformance

import (
	"context"
	"testing"
	"time"

	"prism.internal/plugin-sdk/kv"
)

// brief is long enough for a slow machine to see the key alive first.
const brief = 300 * time.Millisecond

func testExpiredKeysAreGone(t *testing.T, s kv.Store) {
	start := time.Now()
	set(t, s, "brief", "1", brief)
	set(t, s, "long", "2", time.Hour)
	if _, found, err := s.Get(t.Context(), "brief"); err != nil || !found && time.Since(start) < brief {
		t.Fatalf("the key is gone after %s, %v", time.Since(start), err)
	}
	eventually(t, "the key expires", func(ctx context.Context) bool {
		found, err := s.Exists(ctx, "brief")
		return err == nil && !found
	})
	if age := time.Since(start); age < brief {
		t.Errorf("expired after %s; want %s", age, brief)
	}
	wantMissing(t, s, "brief")
	want(t, s, "long", "2")
	if n := len(scan(t, s, kv.Query{Limit: 10}).Entries); n != 1 {
		t.Errorf("Scan shows %d keys; want 1", n)
	}
	set(t, s, "brief", "again", 0)
	want(t, s, "brief", "again")
	wantTTL(t, s, "brief", kv.NoExpiry)
}

func testExpireTTLPersist(t *testing.T, s kv.Store) {
	set(t, s, "a", "1", 0)
	wantTTL(t, s, "a", kv.NoExpiry)
	wantBool(t, "Expire", true)(s.Expire(t.Context(), "a", time.Hour))
	wantTTLNear(t, s, "a", time.Hour)
	wantBool(t, "Expire", true)(s.Expire(t.Context(), "a", time.Minute))
	wantTTLNear(t, s, "a", time.Minute)
	wantBool(t, "Persist", true)(s.Persist(t.Context(), "a"))
	wantTTL(t, s, "a", kv.NoExpiry)
	wantBool(t, "Persist", true)(s.Persist(t.Context(), "a"))
	want(t, s, "a", "1")

	wantBool(t, "Expire", true)(s.Expire(t.Context(), "a", time.Millisecond))
	eventually(t, "the key expires", func(ctx context.Context) bool {
		ttl, err := s.TTL(ctx, "a")
		return err == nil && ttl == kv.Missing
	})
	wantMissing(t, s, "a")
}

func testSetReplacesTTL(t *testing.T, s kv.Store) {
	set(t, s, "a", "1", time.Minute)
	set(t, s, "a", "2", time.Hour)
	wantTTLNear(t, s, "a", time.Hour)
	set(t, s, "a", "3", 0)
	wantTTL(t, s, "a", kv.NoExpiry)
}

func testLongestTTL(t *testing.T, s kv.Store) {
	set(t, s, "a", "1", kv.MaxTTL)
	wantTTLNear(t, s, "a", kv.MaxTTL)
	want(t, s, "a", "1")
}

func wantTTL(t *testing.T, s kv.Store, key string, want time.Duration) {
	t.Helper()
	if got, err := s.TTL(t.Context(), key); err != nil || got != want {
		t.Errorf("TTL(%q) = %d, %v; want %d", key, got, err, want)
	}
}

func wantTTLNear(t *testing.T, s kv.Store, key string, want time.Duration) {
	t.Helper()
	got, err := s.TTL(t.Context(), key)
	if err != nil || got > want || got < want-patience {
		t.Errorf("TTL(%q) = %s, %v; want a bit less than %s", key, got, err, want)
	}
}
