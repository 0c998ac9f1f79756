package nats

import (
	"context"
	"slices"
	"strings"

	"github.com/nats-io/nats.go/jetstream"

	"prism.internal/plugin-sdk/kv"
)

// Scan implements kv.Store. NATS lists keys in no order and cannot start at a
// prefix of a token, so each page lists all keys of the namespace: without their values, which
// are then read for the page only.
func (s *Store) Scan(ctx context.Context, q kv.Query) (kv.Page, error) {
	bucket, err := s.ready(ctx)
	if err != nil {
		return kv.Page{}, err
	}
	keys, err := s.list(ctx, bucket, func(key string) bool {
		return key > q.After && strings.HasPrefix(key, q.Prefix)
	})
	if err != nil {
		return kv.Page{}, err
	}
	var page kv.Page
	bytes := 0
	for _, key := range keys {
		// A key alone does not tell whether it has expired.
		r, _, found, err := s.get(ctx, bucket, key)
		if err != nil {
			return kv.Page{}, err
		}
		if !found {
			continue
		}
		if q.KeysOnly {
			r.value = nil
		}
		bytes += len(r.value)
		if n := len(page.Entries); n == q.Limit || n > 0 && bytes > q.MaxBytes {
			page.More = true
			break
		}
		page.Entries = append(page.Entries, kv.Entry{Key: key, Value: r.value})
	}
	return page, nil
}

// list returns the keys that match, in ascending byte order.
func (s *Store) list(ctx context.Context, bucket jetstream.KeyValue, match func(string) bool) ([]string, error) {
	lister, err := bucket.ListKeysFiltered(ctx, keysOf(kv.Namespace(ctx))+">")
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	defer lister.Stop()
	var keys []string
	for subject := range lister.Keys() {
		key, err := fromSubject(subject)
		if err != nil {
			return nil, err
		}
		if match(key) {
			keys = append(keys, key)
		}
	}
	if err := ctx.Err(); err != nil { // the channel closes then too
		return nil, s.fail(ctx, err)
	}
	slices.Sort(keys)
	return slices.Compact(keys), nil
}
