package memstore

import (
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"prism.internal/plugin-sdk/conformance"
	"prism.internal/plugin-sdk/kv"
)

func open(t *testing.T) kv.Store {
	s := Open()
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func TestConformance(t *testing.T) {
	conformance.Run(t, open)
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
	s := Open()
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
