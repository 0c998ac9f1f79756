package conformance

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"prism.internal/plugin-sdk/kv"
)

// RunSetGet is the first test of Run alone: a store that passes it reaches its
// server, as one with TLS.
func RunSetGet(t *testing.T, s kv.Store) {
	wantMissing(t, s, "a")
	set(t, s, "a", "1", 0)
	want(t, s, "a", "1")
	set(t, s, "a", "2", 0)
	want(t, s, "a", "2")
	wantMissing(t, s, "A")
}

func testDelete(t *testing.T, s kv.Store) {
	set(t, s, "a", "1", 0)
	set(t, s, "b", "2", 0)
	wantBool(t, "Delete", true)(s.Delete(t.Context(), "a"))
	wantMissing(t, s, "a")
	want(t, s, "b", "2")
	set(t, s, "a", "3", 0)
	want(t, s, "a", "3")
}

func testExists(t *testing.T, s kv.Store) {
	wantBool(t, "Exists", false)(s.Exists(t.Context(), "a"))
	set(t, s, "a", "", 0)
	wantBool(t, "Exists", true)(s.Exists(t.Context(), "a"))
}

func testBinaryValues(t *testing.T, s kv.Store) {
	every := make([]byte, 256)
	for i := range every {
		every[i] = byte(i)
	}
	for _, value := range []string{"", "\x00", "\xff\xfe", `\x41`, "'; --", string(every)} {
		set(t, s, "key", value, 0)
		want(t, s, "key", value)
	}
	if err := s.Set(t.Context(), "nil", nil, 0); err != nil {
		t.Fatal(err)
	}
	want(t, s, "nil", "")
}

func testBigValues(t *testing.T, s kv.Store) {
	big := bytes.Repeat([]byte{0, 1, 2, 0xff}, kv.MaxValueBytes/4)
	set(t, s, "big", string(big), 0)
	got, _, err := s.Get(t.Context(), "big")
	if err != nil || !bytes.Equal(got, big) {
		t.Fatalf("Get: %d bytes, %v; want the %d that were set", len(got), err, len(big))
	}
}

func testOddKeys(t *testing.T, s kv.Store) {
	keys := []string{
		" ", "\x00", "a\x00b", "%", "_", `\`, `\x61`, "'", `"`, "a/b", "ключ", "🔑", "\U0010ffff",
		strings.Repeat("k", kv.MaxKeyBytes), strings.Repeat("é", kv.MaxKeyBytes/2),
	}
	for i, key := range keys {
		set(t, s, key, fmt.Sprint(i), 0)
	}
	for i, key := range keys {
		want(t, s, key, fmt.Sprint(i))
	}
}

func testConcurrent(t *testing.T, s kv.Store) {
	const workers, rounds = 8, 25
	var group sync.WaitGroup
	for w := range workers {
		group.Go(func() {
			own := fmt.Sprintf("own-%d", w)
			for i := range rounds {
				value := fmt.Sprintf("%d-%d", w, i)
				err := errors.Join(
					s.Set(t.Context(), "shared", []byte(value), time.Hour),
					s.Set(t.Context(), own, []byte(value), 0))
				got, _, getErr := s.Get(t.Context(), own)
				_, scanErr := s.Scan(t.Context(), kv.Query{Limit: 100, MaxBytes: 1 << 20})
				_, deleteErr := s.Delete(t.Context(), "shared")
				if err := errors.Join(err, getErr, scanErr, deleteErr); err != nil || string(got) != value {
					t.Errorf("worker %d, round %d: %q, %v", w, i, got, err)
					return
				}
			}
		})
	}
	group.Wait()
	if n := len(scan(t, s, kv.Query{Prefix: "own-", Limit: 100}).Entries); n != workers {
		t.Errorf("%d keys are left; want %d", n, workers)
	}
}

func testEndedContext(t *testing.T, s kv.Store) {
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := s.Set(cancelled, "a", nil, 0); !errors.Is(err, context.Canceled) {
		t.Errorf("Set under a cancelled context: %v", err)
	}
	late, cancel := context.WithDeadline(t.Context(), time.Now().Add(-time.Second))
	defer cancel()
	if _, _, err := s.Get(late, "a"); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("Get after its deadline: %v", err)
	}
	wantMissing(t, s, "a")
}

func testPing(t *testing.T, s kv.Store) {
	if err := s.Ping(t.Context()); err != nil {
		t.Errorf("Ping: %v", err)
	}
}
