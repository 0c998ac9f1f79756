package memstore

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"prism.internal/plugin-sdk/conformance"
	"prism.internal/plugin-sdk/kv"
)

func open(t *testing.T) kv.Store {
	return openWith(t, 1<<30)
}

func openWith(t *testing.T, maxBytes int) *Store {
	s := Open(Config{MaxBytes: maxBytes})
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestConformance(t *testing.T) {
	conformance.RunInstantly(t, open)
}

func TestNamespacesAreApart(t *testing.T) {
	conformance.RunNamespaces(t, open)
}

func TestMemoryIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, ctx := openWith(t, 10*1000), t.Context()
		value := make([]byte, 1000-itemBytes-1)
		for i := range 10 {
			if err := s.Set(ctx, fmt.Sprint(i), value, time.Minute); err != nil {
				t.Fatal(i, err)
			}
		}
		if err := s.Set(ctx, "x", nil, 0); !errors.Is(err, kv.ErrFull) {
			t.Errorf("Set beyond the bound: %v", err)
		}
		// What takes no more room is not refused.
		for _, edit := range []func() error{
			func() error { return s.Set(ctx, "0", value, time.Minute) },
			func() error { _, err := s.Expire(ctx, "1", time.Hour); return err },
			func() error { _, err := s.Delete(ctx, "2"); return err },
			func() error { return s.Set(ctx, "x", nil, time.Minute) },
		} {
			if err := edit(); err != nil {
				t.Error(err)
			}
		}
		// Expired keys make room at once, before the next sweep.
		time.Sleep(time.Minute)
		if err := s.Set(ctx, "y", make([]byte, 8000), 0); err != nil {
			t.Errorf("Set after keys expired: %v", err)
		}
		for _, key := range []string{"1", "y"} {
			if _, err := s.Delete(ctx, key); err != nil {
				t.Error(err)
			}
		}
		if s.bytes != 0 {
			t.Errorf("%d bytes are counted for an empty store", s.bytes)
		}
	})
}

func TestExpiredKeysAreReclaimed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := open(t).(*Store)
		const n = 3*reclaimBatch + 1
		for i := range n {
			if err := s.Set(t.Context(), fmt.Sprint("brief-", i), nil, time.Minute); err != nil {
				t.Fatal(err)
			}
		}
		if err := s.Set(t.Context(), "long", nil, time.Hour); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Minute - time.Nanosecond) // the bubble's clock
		if found, _ := s.Exists(t.Context(), "brief-0"); !found {
			t.Error("a key expired early")
		}
		time.Sleep(time.Nanosecond)
		if found, _ := s.Exists(t.Context(), "brief-0"); found {
			t.Error("an expired key is visible")
		}
		time.Sleep(reclaimInterval)
		synctest.Wait()
		s.mu.RLock()
		defer s.mu.RUnlock()
		if items, expiry := s.items.Len(), s.expiry.Len(); items != 1 || expiry != 1 {
			t.Errorf("%d items and %d expiries are left; want 1 each", items, expiry)
		}
	})
}

func TestReplacedExpiryIsForgotten(t *testing.T) {
	s := open(t).(*Store)
	for _, ttl := range []time.Duration{time.Minute, time.Hour, 0, time.Minute} {
		if err := s.Set(t.Context(), "a", nil, ttl); err != nil {
			t.Fatal(err)
		}
	}
	if n := s.expiry.Len(); n != 1 {
		t.Errorf("%d expiries for one key", n)
	}
	if _, err := s.Persist(t.Context(), "a"); err != nil || s.expiry.Len() != 0 {
		t.Errorf("%d expiries after Persist, %v", s.expiry.Len(), err)
	}
}

func BenchmarkSetGet(b *testing.B) {
	s := Open(Config{MaxBytes: 1 << 30})
	defer s.Close()
	keys := make([]string, 10_000)
	for i := range keys {
		keys[i] = fmt.Sprint("key-", i)
	}
	for i := 0; b.Loop(); i++ {
		key := keys[i%len(keys)]
		if err := s.Set(b.Context(), key, []byte("value"), 0); err != nil {
			b.Fatal(err)
		}
		if _, found, err := s.Get(b.Context(), key); err != nil || !found {
			b.Fatal(found, err)
		}
	}
}
