package memstore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"prism.internal/plugin-sdk/kv"
)

// Set implements kv.Store.
func (s *Store) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	it := item{id: of(ctx, key), value: value}
	if ttl > 0 {
		it.expires = time.Now().Add(ttl)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.hasRoom(it) {
		return fmt.Errorf("memstore: %w: %d of %d bytes are taken", kv.ErrFull, s.bytes, s.maxBytes)
	}
	s.put(it)
	return nil
}

// of names the item of a call's key.
func of(ctx context.Context, key string) id {
	return id{kv.Namespace(ctx), key}
}

// Get implements kv.Store.
func (s *Store) Get(ctx context.Context, key string) ([]byte, bool, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	it, ok := s.get(of(ctx, key))
	if !ok {
		return nil, false, ctx.Err()
	}
	return it.value, true, ctx.Err()
}

// Exists implements kv.Store.
func (s *Store) Exists(ctx context.Context, key string) (bool, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	_, ok := s.get(of(ctx, key))
	return ok, ctx.Err()
}

// TTL implements kv.Store.
func (s *Store) TTL(ctx context.Context, key string) (time.Duration, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	it, ok := s.get(of(ctx, key))
	switch {
	case !ok:
		return kv.Missing, ctx.Err()
	case it.expires.IsZero():
		return kv.NoExpiry, ctx.Err()
	}
	// The clock went on since get: a live key has at least a nanosecond left.
	return max(1, time.Until(it.expires)), ctx.Err()
}

// Delete implements kv.Store.
func (s *Store) Delete(ctx context.Context, key string) (bool, error) {
	return s.change(ctx, key, func(it item) { s.remove(it.id) })
}

// Expire implements kv.Store.
func (s *Store) Expire(ctx context.Context, key string, ttl time.Duration) (bool, error) {
	return s.change(ctx, key, func(it item) {
		it.expires = time.Now().Add(ttl)
		s.put(it)
	})
}

// Persist implements kv.Store.
func (s *Store) Persist(ctx context.Context, key string) (bool, error) {
	return s.change(ctx, key, func(it item) {
		it.expires = time.Time{}
		s.put(it)
	})
}

// change calls edit with the live item of key, if there is one.
func (s *Store) change(ctx context.Context, key string, edit func(item)) (bool, error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	it, ok := s.get(of(ctx, key))
	if ok {
		edit(it)
	}
	return ok, nil
}

// Scan implements kv.Store.
func (s *Store) Scan(ctx context.Context, q kv.Query) (kv.Page, error) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	var page kv.Page
	now, bytes := time.Now(), 0
	from := item{id: of(ctx, max(q.Prefix, q.After))}
	s.items.AscendGreaterOrEqual(from, func(it item) bool {
		if it.namespace != from.namespace || !strings.HasPrefix(it.key, q.Prefix) {
			return false
		}
		if it.key == q.After || !it.live(now) {
			return true
		}
		entry := kv.Entry{Key: it.key}
		if !q.KeysOnly {
			entry.Value = it.value
			bytes += len(it.value)
		}
		n := len(page.Entries)
		page.More = n == q.Limit || n > 0 && bytes > q.MaxBytes
		if !page.More {
			page.Entries = append(page.Entries, entry)
		}
		return !page.More
	})
	return page, ctx.Err()
}
