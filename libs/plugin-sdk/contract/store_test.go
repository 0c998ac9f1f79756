package contract

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"prism.internal/plugin-sdk/kv"
)

// store is the plainest one that conforms.
type store struct {
	mu    sync.Mutex
	items map[string]item
}

type item struct {
	value   []byte
	expires time.Time // zero: never
}

func newStore() *store { return &store{items: map[string]item{}} }

// edit calls change with the live item of key, which stays if change says so.
func (s *store) edit(ctx context.Context, key string, change func(*item) (stays bool)) (found bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it, found := s.items[key]
	if found && !it.expires.IsZero() && !time.Now().Before(it.expires) {
		delete(s.items, key)
		found = false
	}
	if found && !change(&it) {
		delete(s.items, key)
	} else if found {
		s.items[key] = it
	}
	return found, ctx.Err()
}

func (s *store) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	it := item{value: value}
	if ttl > 0 {
		it.expires = time.Now().Add(ttl)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.items[key] = it
	return ctx.Err()
}

func (s *store) Get(ctx context.Context, key string) (value []byte, found bool, err error) {
	found, err = s.edit(ctx, key, func(it *item) bool { value = it.value; return true })
	return value, found, err
}

func (s *store) Delete(ctx context.Context, key string) (bool, error) {
	return s.edit(ctx, key, func(*item) bool { return false })
}

func (s *store) Exists(ctx context.Context, key string) (bool, error) {
	return s.edit(ctx, key, func(*item) bool { return true })
}

func (s *store) Expire(ctx context.Context, key string, ttl time.Duration) (bool, error) {
	return s.edit(ctx, key, func(it *item) bool { it.expires = time.Now().Add(ttl); return true })
}

func (s *store) Persist(ctx context.Context, key string) (bool, error) {
	return s.edit(ctx, key, func(it *item) bool { it.expires = time.Time{}; return true })
}

func (s *store) TTL(ctx context.Context, key string) (time.Duration, error) {
	left := kv.Missing
	_, err := s.edit(ctx, key, func(it *item) bool {
		if left = kv.NoExpiry; !it.expires.IsZero() {
			left = max(1, time.Until(it.expires))
		}
		return true
	})
	return left, err
}

func (s *store) Scan(ctx context.Context, q kv.Query) (page kv.Page, err error) {
	s.mu.Lock()
	keys := slices.Sorted(maps.Keys(s.items))
	s.mu.Unlock()
	bytes := 0
	for _, key := range keys {
		value, found, err := s.Get(ctx, key)
		if err != nil || !found || key <= q.After || !strings.HasPrefix(key, q.Prefix) {
			continue
		}
		if q.KeysOnly {
			value = nil
		}
		bytes += len(value)
		if n := len(page.Entries); n == q.Limit || n > 0 && bytes > q.MaxBytes {
			return kv.Page{Entries: page.Entries, More: true}, nil
		}
		page.Entries = append(page.Entries, kv.Entry{Key: key, Value: value})
	}
	return page, ctx.Err()
}

func (s *store) Ping(context.Context) error { return nil }
func (s *store) Close() error               { return nil }
