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
	keys, err := s.list(ctx, func(key string) bool {
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

// list returns the keys that match, in ascending byte order, and those of
// deleted keys that the reaper has not seen. It asks for the subjects of the
// stream: the client's own list of keys counts records, and waits for ever, or
// ends early, when a reaper removes one meanwhile.
func (s *Store) list(ctx context.Context, match func(string) bool) ([]string, error) {
	stream, err := s.stream.Stream(ctx, streamPrefix+s.config.Bucket)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	prefix := subjectPrefix + s.config.Bucket + "."
	info, err := stream.Info(ctx, jetstream.WithSubjectFilter(prefix+keysOf(kv.Namespace(ctx))+">"))
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	var keys []string
	for subject := range info.State.Subjects {
		key, err := fromSubject(strings.TrimPrefix(subject, prefix))
		if err != nil {
			return nil, err
		}
		if match(key) {
			keys = append(keys, key)
		}
	}
	slices.Sort(keys)
	return keys, nil
}
