package nats

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"prism.internal/plugin-sdk/kv"
)

// Set implements kv.Store.
func (s *Store) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	bucket, err := s.ready(ctx)
	if err != nil {
		return err
	}
	r := record{value: value}
	if ttl > 0 {
		r.expires = time.Now().Add(ttl)
	}
	_, err = bucket.Put(ctx, toSubject(kv.Namespace(ctx), key), r.encode())
	return s.fail(ctx, err)
}

// Get implements kv.Store.
func (s *Store) Get(ctx context.Context, key string) ([]byte, bool, error) {
	bucket, err := s.ready(ctx)
	if err != nil {
		return nil, false, err
	}
	r, _, found, err := s.get(ctx, bucket, key)
	return r.value, found, err
}

// Exists implements kv.Store.
func (s *Store) Exists(ctx context.Context, key string) (bool, error) {
	_, found, err := s.Get(ctx, key)
	return found, err
}

// TTL implements kv.Store.
func (s *Store) TTL(ctx context.Context, key string) (time.Duration, error) {
	bucket, err := s.ready(ctx)
	if err != nil {
		return kv.Missing, err
	}
	now := time.Now()
	r, _, found, err := s.get(ctx, bucket, key)
	switch {
	case err != nil || !found:
		return kv.Missing, err
	case r.expires.IsZero():
		return kv.NoExpiry, nil
	}
	return r.expires.Sub(now), nil
}

// Delete implements kv.Store.
func (s *Store) Delete(ctx context.Context, key string) (bool, error) {
	return s.change(ctx, key, func(bucket jetstream.KeyValue, _ record, revision uint64) error {
		return bucket.Delete(ctx, toSubject(kv.Namespace(ctx), key), jetstream.LastRevision(revision))
	})
}

// Expire implements kv.Store.
func (s *Store) Expire(ctx context.Context, key string, ttl time.Duration) (bool, error) {
	return s.setExpiry(ctx, key, time.Now().Add(ttl))
}

// Persist implements kv.Store.
func (s *Store) Persist(ctx context.Context, key string) (bool, error) {
	return s.setExpiry(ctx, key, time.Time{})
}

func (s *Store) setExpiry(ctx context.Context, key string, expires time.Time) (bool, error) {
	return s.change(ctx, key, func(bucket jetstream.KeyValue, r record, revision uint64) error {
		r.expires = expires
		_, err := bucket.Update(ctx, toSubject(kv.Namespace(ctx), key), r.encode(), revision)
		return err
	})
}

// change applies a step to a live key, again whenever another writer came in
// between, and reports whether the key exists.
func (s *Store) change(
	ctx context.Context, key string, step func(jetstream.KeyValue, record, uint64) error,
) (bool, error) {
	bucket, err := s.ready(ctx)
	if err != nil {
		return false, err
	}
	for {
		r, revision, found, err := s.get(ctx, bucket, key)
		if err != nil || !found {
			return false, err
		}
		err = step(bucket, r, revision)
		if err == nil || !s.replaced(ctx, bucket, key, revision) {
			return err == nil, s.fail(ctx, err)
		}
	}
}

// replaced reports whether another writer changed a key after this revision.
func (s *Store) replaced(ctx context.Context, bucket jetstream.KeyValue, key string, revision uint64) bool {
	entry, err := bucket.Get(ctx, toSubject(kv.Namespace(ctx), key))
	return errors.Is(err, jetstream.ErrKeyNotFound) || err == nil && entry.Revision() != revision
}

// get reads a live key with the revision of its record.
func (s *Store) get(ctx context.Context, bucket jetstream.KeyValue, key string) (record, uint64, bool, error) {
	entry, err := bucket.Get(ctx, toSubject(kv.Namespace(ctx), key))
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return record{}, 0, false, nil
	}
	if err != nil {
		return record{}, 0, false, s.fail(ctx, err)
	}
	r, err := decode(entry.Value())
	if err != nil || !r.live(time.Now()) {
		return record{}, 0, false, err
	}
	return r, entry.Revision(), true, nil
}
