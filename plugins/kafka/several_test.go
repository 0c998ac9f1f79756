package kafka

import (
	"strconv"
	"sync"
	"testing"
	"time"
)

// TestWritersDoNotUndoEachOther makes plugins change the time to live of a key
// that others write: an Expire must not bring an older value back.
func TestWritersDoNotUndoEachOther(t *testing.T) {
	f := start(t)
	a, b := ready(t, open(t, f.address, "prism")), ready(t, open(t, f.address, "prism"))
	const last = 50
	var group sync.WaitGroup
	group.Go(func() {
		for i := range last + 1 {
			if err := a.Set(t.Context(), "key", []byte(strconv.Itoa(i)), 0); err != nil {
				t.Error(err)
			}
		}
	})
	group.Go(func() {
		for range last {
			if _, err := b.Expire(t.Context(), "key", time.Hour); err != nil {
				t.Error(err)
			}
		}
	})
	group.Wait()
	if err := b.Ping(t.Context()); err != nil { // b has seen all now
		t.Fatal(err)
	}
	if value, _, err := b.Get(t.Context(), "key"); err != nil || string(value) != strconv.Itoa(last) {
		t.Errorf("%q, %v; want the last value", value, err)
	}
}

// TestOneDeleteSucceeds: the order of the log decides which one.
func TestOneDeleteSucceeds(t *testing.T) {
	f := start(t)
	stores := []*Store{ready(t, open(t, f.address, "prism")), ready(t, open(t, f.address, "prism"))}
	for range 20 {
		if err := stores[0].Set(t.Context(), "key", nil, 0); err != nil {
			t.Fatal(err)
		}
		var existed [2]bool
		var group sync.WaitGroup
		for i, s := range stores {
			group.Go(func() {
				var err error
				if existed[i], err = s.Delete(t.Context(), "key"); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
		if existed[0] == existed[1] {
			t.Fatalf("%v; want one that existed", existed)
		}
	}
}

// TestReaperKeepsNewValues writes a key again just when the reaper of another
// plugin, which runs all the time here, deletes it.
func TestReaperKeepsNewValues(t *testing.T) {
	f := start(t)
	s, other := ready(t, open(t, f.address, "prism")), ready(t, open(t, f.address, "prism"))
	for i := range 100 {
		if err := s.Set(t.Context(), "key", nil, time.Millisecond); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2 * time.Millisecond)
		if err := s.Set(t.Context(), "key", []byte(strconv.Itoa(i)), 0); err != nil {
			t.Fatal(err)
		}
		if err := other.Ping(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, one := range []*Store{s, other} {
			if got, found, err := one.Get(t.Context(), "key"); err != nil || !found || string(got) != strconv.Itoa(i) {
				t.Fatalf("round %d: %q, %t, %v", i, got, found, err)
			}
		}
	}
}
