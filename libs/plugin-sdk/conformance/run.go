// Package conformance is the test suite that every kv.Store has to pass.
package conformance

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"prism.internal/plugin-sdk/kv"
)

// patience is how long a test waits for what has to happen.
const patience = 20 * time.Second

var tests = []struct {
	name string
	run  func(*testing.T, kv.Store)
}{
	{"SetGet", RunSetGet},
	{"Delete", testDelete},
	{"Exists", testExists},
	{"BinaryValues", testBinaryValues},
	{"BigValues", testBigValues},
	{"OddKeys", testOddKeys},
	{"ExpiredKeysAreGone", testExpiredKeysAreGone},
	{"ExpireTTLPersist", testExpireTTLPersist},
	{"SetReplacesTTL", testSetReplacesTTL},
	{"LongestTTL", testLongestTTL},
	{"ScanOrder", testScanOrder},
	{"ScanPrefix", testScanPrefix},
	{"ScanPages", testScanPages},
	{"ScanMaxBytes", testScanMaxBytes},
	{"ScanKeysOnly", testScanKeysOnly},
	{"Concurrent", testConcurrent},
	{"EndedContext", testEndedContext},
	{"Ping", testPing},
	{"Model", testModel},
}

// Run tests the stores that open returns. Each is empty and open until the end
// of its test; open registers the cleanup.
func Run(t *testing.T, open func(t *testing.T) kv.Store) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { test.run(t, open(t)) })
	}
}

// RunInstantly is Run with a clock that jumps ahead whenever everything waits
// for it. It is for stores that wait for nothing outside of the process.
func RunInstantly(t *testing.T, open func(t *testing.T) kv.Store) {
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { test.run(t, open(t)) })
		})
	}
}

func set(t *testing.T, s kv.Store, key, value string, ttl time.Duration) {
	t.Helper()
	if err := s.Set(t.Context(), key, []byte(value), ttl); err != nil {
		t.Fatalf("Set(%q): %v", key, err)
	}
}

// want fails the test unless key has that value.
func want(t *testing.T, s kv.Store, key, value string) {
	t.Helper()
	got, found, err := s.Get(t.Context(), key)
	if err != nil || !found || string(got) != value {
		t.Fatalf("Get(%q) = %.80q, %t, %v; want %.80q", key, got, found, err, value)
	}
}

// wantMissing fails the test if any method shows key.
func wantMissing(t *testing.T, s kv.Store, key string) {
	t.Helper()
	ctx := t.Context()
	if got, found, err := s.Get(ctx, key); err != nil || found || got != nil {
		t.Errorf("Get(%q) = %.80q, %t, %v; want nothing", key, got, found, err)
	}
	wantBool(t, "Exists", false)(s.Exists(ctx, key))
	wantBool(t, "Expire", false)(s.Expire(ctx, key, time.Hour))
	wantBool(t, "Persist", false)(s.Persist(ctx, key))
	if ttl, err := s.TTL(ctx, key); err != nil || ttl != kv.Missing {
		t.Errorf("TTL(%q) = %d, %v; want Missing", key, ttl, err)
	}
	page := scan(t, s, kv.Query{Prefix: key, Limit: 1})
	if len(page.Entries) > 0 && page.Entries[0].Key == key {
		t.Errorf("Scan shows %q", key)
	}
	wantBool(t, "Delete", false)(s.Delete(ctx, key))
}

func wantBool(t *testing.T, what string, want bool) func(bool, error) {
	t.Helper()
	return func(got bool, err error) {
		t.Helper()
		if err != nil || got != want {
			t.Errorf("%s = %t, %v; want %t", what, got, err, want)
		}
	}
}

func scan(t *testing.T, s kv.Store, q kv.Query) kv.Page {
	t.Helper()
	if q.MaxBytes == 0 {
		q.MaxBytes = kv.MaxValueBytes
	}
	page, err := s.Scan(t.Context(), q)
	if err != nil {
		t.Fatalf("Scan(%+v): %v", q, err)
	}
	return page
}

// eventually polls until done returns true.
func eventually(t *testing.T, what string, done func(context.Context) bool) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !done(ctx) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("waited %s in vain: %s", patience, what)
		}
	}
}
