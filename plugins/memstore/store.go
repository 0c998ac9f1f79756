// Package memstore keeps keys in memory. Everything is lost with the process.
package memstore

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/google/btree"

	"prism.internal/plugin-sdk/kv"
)

const (
	degree = 32 // of both trees; a good size for cache lines
	// reclaimInterval bounds how long an expired key still takes memory.
	reclaimInterval = time.Second
	// reclaimBatch bounds how long reclaiming keeps other calls waiting.
	reclaimBatch = 1000
)

type item struct {
	key     string
	value   []byte
	expires time.Time // zero: never
}

func (it item) live(now time.Time) bool {
	return it.expires.IsZero() || now.Before(it.expires)
}

// Store implements kv.Store.
type Store struct {
	mu     sync.RWMutex
	items  *btree.BTreeG[item] // by key
	expiry *btree.BTreeG[item] // those that expire, soonest first; without values

	stop context.CancelFunc
	done sync.WaitGroup
}

var _ kv.Store = (*Store)(nil)

// Open returns an empty store.
func Open() *Store {
	ctx, stop := context.WithCancel(context.Background())
	s := &Store{
		items:  btree.NewG(degree, func(a, b item) bool { return a.key < b.key }),
		expiry: btree.NewG(degree, sooner),
		stop:   stop,
	}
	s.done.Go(func() { s.reclaimLoop(ctx) })
	return s
}

func sooner(a, b item) bool {
	return cmp.Or(a.expires.Compare(b.expires), cmp.Compare(a.key, b.key)) < 0
}

// Ping implements kv.Store; memory always answers.
func (s *Store) Ping(ctx context.Context) error { return ctx.Err() }

// Close implements kv.Store.
func (s *Store) Close() error {
	s.stop()
	s.done.Wait()
	return nil
}

// get returns a live item. The caller holds mu.
func (s *Store) get(key string) (item, bool) {
	it, ok := s.items.Get(item{key: key})
	return it, ok && it.live(time.Now())
}

// put replaces the item of its key. The caller holds mu for writing.
func (s *Store) put(it item) {
	if old, ok := s.items.ReplaceOrInsert(it); ok {
		s.expiry.Delete(item{key: old.key, expires: old.expires})
	}
	if !it.expires.IsZero() {
		s.expiry.ReplaceOrInsert(item{key: it.key, expires: it.expires})
	}
}

// remove drops the item of a key. The caller holds mu for writing.
func (s *Store) remove(key string) {
	if old, ok := s.items.Delete(item{key: key}); ok {
		s.expiry.Delete(item{key: old.key, expires: old.expires})
	}
}

func (s *Store) reclaimLoop(ctx context.Context) {
	tick := time.NewTicker(reclaimInterval)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			for s.reclaim() == reclaimBatch {
			}
		}
	}
}

// reclaim frees a batch of expired keys and returns how many it freed.
func (s *Store) reclaim() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := time.Now()
	for n := range reclaimBatch {
		soonest, ok := s.expiry.Min()
		if !ok || soonest.live(now) {
			return n
		}
		s.remove(soonest.key)
	}
	return reclaimBatch
}
