package kafka

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"prism.internal/plugin-sdk/kv"
)

// Set implements kv.Store.
func (s *Store) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	session, err := s.current(ctx)
	if err != nil {
		return err
	}
	r := record{id: of(ctx, key), value: value, seen: unconditional}
	if value == nil {
		r.value = []byte{} // nil would delete the key
	}
	if ttl > 0 {
		r.expires = time.Now().Add(ttl)
	}
	taken, ok := session.view.reserve(item{id: r.id, value: value}, s.config.MaxBytes)
	if !ok {
		return fmt.Errorf("kafka: %w: %d of %d bytes are taken", kv.ErrFull, session.view.size(), s.config.MaxBytes)
	}
	defer session.view.release(taken)
	_, err = s.write(ctx, session, r)
	return err
}

// Get implements kv.Store.
func (s *Store) Get(ctx context.Context, key string) ([]byte, bool, error) {
	session, err := s.current(ctx)
	if err != nil {
		return nil, false, err
	}
	it, _, found := session.view.get(of(ctx, key), time.Now())
	if !found {
		return nil, false, nil
	}
	return it.value, true, nil
}

// Exists implements kv.Store.
func (s *Store) Exists(ctx context.Context, key string) (bool, error) {
	_, found, err := s.Get(ctx, key)
	return found, err
}

// TTL implements kv.Store.
func (s *Store) TTL(ctx context.Context, key string) (time.Duration, error) {
	session, err := s.current(ctx)
	if err != nil {
		return kv.Missing, err
	}
	now := time.Now()
	it, _, found := session.view.get(of(ctx, key), now)
	switch {
	case !found:
		return kv.Missing, nil
	case it.expires.IsZero():
		return kv.NoExpiry, nil
	}
	return it.expires.Sub(now), nil
}

// Delete implements kv.Store. It writes for a key that is absent here too,
// because another plugin may have written it just now.
func (s *Store) Delete(ctx context.Context, key string) (bool, error) {
	session, err := s.current(ctx)
	if err != nil {
		return false, err
	}
	done, err := s.write(ctx, session, record{id: of(ctx, key), seen: unconditional})
	return done.existed, err
}

// Expire implements kv.Store.
func (s *Store) Expire(ctx context.Context, key string, ttl time.Duration) (bool, error) {
	return s.setExpiry(ctx, key, time.Now().Add(ttl))
}

// Persist implements kv.Store.
func (s *Store) Persist(ctx context.Context, key string) (bool, error) {
	return s.setExpiry(ctx, key, time.Time{})
}

// setExpiry writes the value that a key has, again whenever another writer came
// in between, and reports whether the key exists.
func (s *Store) setExpiry(ctx context.Context, key string, expires time.Time) (bool, error) {
	for {
		session, err := s.current(ctx)
		if err != nil {
			return false, err
		}
		it, seen, found := session.view.get(of(ctx, key), time.Now())
		if !found {
			return false, nil
		}
		done, err := s.write(ctx, session, record{id: it.id, value: it.value, expires: expires, seen: seen})
		if err != nil || !done.ignored {
			return err == nil, err
		}
	}
}

// Scan implements kv.Store.
func (s *Store) Scan(ctx context.Context, q kv.Query) (kv.Page, error) {
	session, err := s.current(ctx)
	if err != nil {
		return kv.Page{}, err
	}
	return session.view.scan(kv.Namespace(ctx), q, time.Now()), nil
}

// tidyOrWarn deletes expired keys from the log, and repairs shadowed ones.
func (s *Store) tidyOrWarn(ctx context.Context) {
	session, err := s.current(ctx)
	if err != nil {
		return // Ping and the callers report it
	}
	for _, r := range session.view.chores(time.Now()) {
		if _, err := s.write(ctx, session, r); err != nil {
			if ctx.Err() == nil {
				s.log.Warn("cannot delete expired keys; will try again", "error", err)
			}
			return
		}
	}
}

// of names the item of a call's key.
func of(ctx context.Context, key string) id { return id{kv.Namespace(ctx), key} }

// current returns the session whose view is complete.
func (s *Store) current(ctx context.Context) (*session, error) {
	if ctx.Err() != nil {
		return nil, ended(ctx)
	}
	if session := s.ready.Load(); session != nil {
		return session, nil
	}
	return nil, errNotReady
}

// write writes a record. If Kafka does not take it, the next Ping decides when
// calls are accepted again.
func (s *Store) write(ctx context.Context, session *session, r record) (outcome, error) {
	done, err := session.write(ctx, r)
	switch {
	case err == nil:
		return done, nil
	case ctx.Err() != nil:
		return outcome{}, ended(ctx)
	}
	if !errors.Is(err, kgo.ErrMaxBuffered) { // too many calls at once say nothing of Kafka
		s.ready.CompareAndSwap(session, nil)
	}
	if errors.Is(err, kv.ErrUnavailable) {
		return outcome{}, err
	}
	return outcome{}, unavailable(err)
}
