package redis

import (
	"context"
	"errors"

	"github.com/redis/go-redis/v9"

	"prism.internal/plugin-sdk/kv"
)

// Scan implements kv.Store. It reads the index in chunks, and for each chunk the
// sizes first, so that no value beyond the page is read.
func (s *Store) Scan(ctx context.Context, q kv.Query) (kv.Page, error) {
	var page kv.Page
	after, read := q.After, 0 // bytes of the values so far
	for !page.More {
		keys, err := s.keys(ctx, q.Prefix, after, q.Limit-len(page.Entries)+1)
		if err != nil || len(keys) == 0 {
			return page, err
		}
		sizes, err := s.sizes(ctx, keys)
		if err != nil {
			return kv.Page{}, err
		}
		var fit []string
		bytes := read
		for i, key := range keys {
			if sizes[i] < 0 {
				continue
			}
			if !q.KeysOnly {
				bytes += sizes[i]
			}
			if n := len(page.Entries) + len(fit); n == q.Limit || n > 0 && bytes > q.MaxBytes {
				page.More = true
				break
			}
			fit, after = append(fit, key), key
		}
		if !page.More {
			after = keys[len(keys)-1]
		}
		entries, err := s.entries(ctx, fit, q)
		if err != nil {
			return kv.Page{}, err
		}
		for _, entry := range entries {
			// It may have been replaced by a bigger one since its size was read.
			if read += len(entry.Value); len(page.Entries) > 0 && read > q.MaxBytes && !q.KeysOnly {
				page.More = true
				break
			}
			page.Entries = append(page.Entries, entry)
		}
		// All that fit may have been deleted since: then the next keys are asked.
		page.More = page.More && len(page.Entries) > 0
	}
	return page, nil
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

// entries reads the values of keys in one round trip. Those that were deleted
// meanwhile are left out.
func (s *Store) entries(ctx context.Context, keys []string, q kv.Query) ([]kv.Entry, error) {
	entries := make([]kv.Entry, 0, len(keys))
	if q.KeysOnly {
		for _, key := range keys {
			entries = append(entries, kv.Entry{Key: key})
		}
		return entries, nil
	}
	pipe := s.client.Pipeline()
	values := make([]*redis.StringCmd, len(keys))
	for i, key := range keys {
		values[i] = pipe.Get(ctx, value(ctx, key))
	}
	if _, err := pipe.Exec(ctx); err != nil && !errors.Is(err, redis.Nil) {
		return nil, fail(ctx, err)
	}
	for i, key := range keys {
		data, err := values[i].Bytes()
		if errors.Is(err, redis.Nil) {
			continue
		}
		if err != nil {
			return nil, fail(ctx, err)
		}
		entries = append(entries, kv.Entry{Key: key, Value: data})
	}
	return entries, nil
}
