package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

	"prism.internal/plugin-sdk/kv"
)

// Store implements kv.Store. Every call but Ping fails with kv.ErrUnavailable
// until a Ping has found the view complete.
type Store struct {
	config Config
	log    *slog.Logger
	ready  atomic.Pointer[session] // one that follows the topic
	stop   func()

	mu      sync.Mutex // of Ping
	session *session
}

var _ kv.Store = (*Store)(nil)

// Open returns a store without waiting for a broker.
func Open(c Config, log *slog.Logger) *Store {
	s := &Store{config: c, log: log}
	s.stop = kv.Every(c.ReapInterval, s.tidyOrWarn)
	return s
}

// Ping implements kv.Store. It opens a session, and waits until its view is
// complete.
func (s *Store) Ping(ctx context.Context) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.session == nil {
		opened, err := openSession(s.config, s.log)
		if err != nil {
			return unavailable(err)
		}
		s.session = opened
	}
	err := s.session.heartbeat(ctx)
	if err == nil {
		s.ready.Store(s.session)
		return nil
	}
	if ctx.Err() != nil && s.ready.Load() == s.session && !s.session.silent() {
		return nil // the heartbeat is on its way, and calls were served just now
	}
	s.ready.Store(nil)
	if s.session.lost(err) {
		s.session.close()
		s.session = nil
	}
	if errors.Is(err, kv.ErrUnavailable) {
		return err
	}
	if ctx.Err() != nil {
		err = fmt.Errorf("no answer from %s, or it is still being read: %w", s.config.Topic, err)
	}
	return unavailable(err)
}

// Close implements kv.Store.
func (s *Store) Close() error {
	s.stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ready.Store(nil)
	if s.session != nil {
		s.session.close()
	}
	return nil
}
