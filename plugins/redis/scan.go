package redis

import (
	"context"

	"github.com/redis/go-redis/v9"

	"prism.internal/plugin-sdk/kv"
)

// Scan implements kv.Store. It reads the index in chunks, and for each chunk
// the sizes first, so that no value beyond the page is read.
func (s *Store) Scan(ctx context.Context, q kv.Query) (kv.Page, error) {
	var page kv.Page
	after, bytes := q.After, 0
	for {
		keys, err := s.keys(ctx, q.Prefix, after, q.Limit-len(page.Entries)+1)
		if err != nil || len(keys) == 0 {
			return page, err
		}
		after = keys[len(keys)-1]
		sizes, err := s.sizes(ctx, keys)
		if err != nil {
			return kv.Page{}, err
		}
		for i, key := range keys {
			if sizes[i] < 0 {
				continue
			}
			if !q.KeysOnly {
				bytes += sizes[i]
			}
			if n := len(page.Entries); n == q.Limit || n > 0 && bytes > q.MaxBytes {
				page.More = true
				return page, nil
			}
			entry, found, err := s.entry(ctx, key, q.KeysOnly)
			if err != nil {
				return kv.Page{}, err
			}
			if found { // not deleted meanwhile
				bytes += max(0, len(entry.Value)-sizes[i]) // not replaced by a bigger one
				page.Entries = append(page.Entries, entry)
			}
		}
	}
}

// keys returns up to n keys of the index in ascending byte order.
func (s *Store) keys(ctx context.Context, prefix, after string, n int) ([]string, error) {
	start := "[" + prefix
	if after >= prefix && after != "" {
		start = "(" + after
	}
	end := "+"
	if prefix != "" {
		// Keys are UTF-8, so none has the byte 0xff.
		end = "(" + prefix + "\xff"
	}
	keys, err := s.client.ZRangeArgs(ctx, redis.ZRangeArgs{
		Key: index(ctx), Start: start, Stop: end, ByLex: true, Count: int64(n),
	}).Result()
	return keys, fail(ctx, err)
}

// sizes returns the bytes of each value, -1 for a key that has expired, which
// it takes out of the index.
func (s *Store) sizes(ctx context.Context, keys []string) ([]int, error) {
	pipe := s.client.Pipeline()
	exists, lengths := make([]*redis.IntCmd, len(keys)), make([]*redis.IntCmd, len(keys))
	for i, key := range keys {
		exists[i], lengths[i] = pipe.Exists(ctx, value(ctx, key)), pipe.StrLen(ctx, value(ctx, key))
	}
	if _, err := pipe.Exec(ctx); err != nil {
		return nil, fail(ctx, err)
	}
	sizes := make([]int, len(keys))
	for i, key := range keys {
		sizes[i] = int(lengths[i].Val())
		if exists[i].Val() == 0 {
			sizes[i] = -1
			if _, err := s.run(ctx, forgetScript, key); err != nil {
				return nil, err
			}
		}
	}
	return sizes, nil
}

func (s *Store) entry(ctx context.Context, key string, keyOnly bool) (kv.Entry, bool, error) {
	if keyOnly {
		return kv.Entry{Key: key}, true, nil
	}
	data, found, err := s.Get(ctx, key)
	return kv.Entry{Key: key, Value: data}, found, err
}
