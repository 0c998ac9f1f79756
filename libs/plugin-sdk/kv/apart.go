package kv

import (
	"context"
	"strings"
	"time"
)

// MaxStoredKeyBytes is the longest key that a store gets from Apart.
const MaxStoredKeyBytes = MaxNamespaceBytes + 1 + MaxKeyBytes

// Apart returns a store that keeps the keys of namespaces apart in s, which
// does not: s gets each key with the call's namespace and a slash in front. No
// namespace has a slash.
func Apart(s Store) Store { return apart{s} }

type apart struct{ Store }

func stored(ctx context.Context, key string) string { return Namespace(ctx) + "/" + key }

// Set implements Store.
func (a apart) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	return a.Store.Set(ctx, stored(ctx, key), value, ttl)
}

// Get implements Store.
func (a apart) Get(ctx context.Context, key string) ([]byte, bool, error) {
	return a.Store.Get(ctx, stored(ctx, key))
}

// Delete implements Store.
func (a apart) Delete(ctx context.Context, key string) (bool, error) {
	return a.Store.Delete(ctx, stored(ctx, key))
}

// Exists implements Store.
func (a apart) Exists(ctx context.Context, key string) (bool, error) {
	return a.Store.Exists(ctx, stored(ctx, key))
}

// Expire implements Store.
func (a apart) Expire(ctx context.Context, key string, ttl time.Duration) (bool, error) {
	return a.Store.Expire(ctx, stored(ctx, key), ttl)
}

// TTL implements Store.
func (a apart) TTL(ctx context.Context, key string) (time.Duration, error) {
	return a.Store.TTL(ctx, stored(ctx, key))
}

// Persist implements Store.
func (a apart) Persist(ctx context.Context, key string) (bool, error) {
	return a.Store.Persist(ctx, stored(ctx, key))
}

// Scan implements Store.
func (a apart) Scan(ctx context.Context, q Query) (Page, error) {
	own := stored(ctx, "")
	q.Prefix = own + q.Prefix
	if q.After != "" {
		q.After = own + q.After
	}
	page, err := a.Store.Scan(ctx, q)
	entries := make([]Entry, len(page.Entries))
	for i, entry := range page.Entries {
		entries[i] = Entry{Key: strings.TrimPrefix(entry.Key, own), Value: entry.Value}
	}
	return Page{Entries: entries, More: page.More}, err
}
