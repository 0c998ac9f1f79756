// Package memstore keeps keys in memory. Everything is lost with the process.
package memstore

import (
	"cmp"
	"context"
	"sync"
	"time"

	"github.com/google/btree"

	sdk "prism.internal/plugin-sdk"
	"prism.internal/plugin-sdk/kv"
)

const (
	degree = 32 // of both trees; a good size for cache lines
	// reclaimInterval bounds how long an expired key still takes memory.
	reclaimInterval = time.Second
	// reclaimBatch bounds how long reclaiming keeps other calls waiting.
	reclaimBatch = 1000
)

// itemBytes is what an item takes beside its texts, in both trees.
const itemBytes = 256

// id names an item; those of one namespace are neighbours.
type id struct{ namespace, key string }

func (a id) compare(b id) int {
	return cmp.Or(cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.key, b.key))
}

type item struct {
	id
	value   []byte
	expires time.Time // zero: never
}

func (it item) size() int {
	return itemBytes + len(it.namespace) + len(it.key) + len(it.value)
}

func (it item) live(now time.Time) bool {
	return it.expires.IsZero() || now.Before(it.expires)
}

// Store implements kv.Store.
type Store struct {
	maxBytes int

	mu     sync.RWMutex
	items  *btree.BTreeG[item] // by namespace and key
	expiry *btree.BTreeG[item] // those that expire, soonest first; without values
	bytes  int                 // the sizes of all items

	stop func()
}

var _ kv.Store = (*Store)(nil)

// Config is what a Store needs; Settings fills it.
type Config struct {
	MaxBytes int // of all keys and values; a value beyond it is refused
}

// Settings declares the settings that fill c.
func (c *Config) Settings(s *sdk.Settings) {
	s.Add("PRISM_MEMSTORE_MAX_BYTES", "64MiB",
		"room for keys and values; the process takes up to twice as much, and values beyond it get RESOURCE_EXHAUSTED",
		sdk.Bytes(&c.MaxBytes, 1<<20, 1<<40))
}

// Open returns an empty store.
func Open(c Config) *Store {
	s := &Store{
		maxBytes: c.MaxBytes,
		items:    btree.NewG(degree, func(a, b item) bool { return a.compare(b.id) < 0 }),
		expiry:   btree.NewG(degree, sooner),
	}
	s.stop = kv.Every(reclaimInterval, func(context.Context) {
		for s.reclaim() == reclaimBatch {
		}
	})
	return s
}

func sooner(a, b item) bool {
	return cmp.Or(a.expires.Compare(b.expires), a.compare(b.id)) < 0
}

// Ping implements kv.Store; memory always answers.
func (s *Store) Ping(ctx context.Context) error { return ctx.Err() }

// Close implements kv.Store.
func (s *Store) Close() error {
	s.stop()
	return nil
}

// get returns a live item. The caller holds mu.
func (s *Store) get(id id) (item, bool) {
	it, ok := s.items.Get(item{id: id})
	return it, ok && it.live(time.Now())
}

// hasRoom tells whether an item fits in place of the one of its key; expired
// items make room first. The caller holds mu for writing.
func (s *Store) hasRoom(it item) bool {
	for {
		need := it.size()
		if old, ok := s.items.Get(it); ok {
			need -= old.size()
		}
		if need <= 0 || s.bytes+need <= s.maxBytes {
			return true
		}
		if s.reclaimLocked() == 0 {
			return false
		}
	}
}

// put replaces the item of its key. The caller holds mu for writing.
func (s *Store) put(it item) {
	if old, ok := s.items.ReplaceOrInsert(it); ok {
		s.forget(old)
	}
	s.bytes += it.size()
	if !it.expires.IsZero() {
		s.expiry.ReplaceOrInsert(item{id: it.id, expires: it.expires})
	}
}

// remove drops the item of a key. The caller holds mu for writing.
func (s *Store) remove(id id) {
	if old, ok := s.items.Delete(item{id: id}); ok {
		s.forget(old)
	}
}

// forget follows the removal of an item.
func (s *Store) forget(old item) {
	s.bytes -= old.size()
	s.expiry.Delete(item{id: old.id, expires: old.expires})
}

// reclaim frees a batch of expired keys and returns how many it freed.
func (s *Store) reclaim() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.reclaimLocked()
}

func (s *Store) reclaimLocked() int {
	now := time.Now()
	for n := range reclaimBatch {
		soonest, ok := s.expiry.Min()
		if !ok || soonest.live(now) {
			return n
		}
		s.remove(soonest.id)
	}
	return reclaimBatch
}
