package postgres

import (
	"context"
	"database/sql"
	"log/slog"
	"sync/atomic"

	"prism.internal/plugin-sdk/kv"
)

// Store implements kv.Store. Every call but Ping fails with kv.ErrUnavailable
// until a Ping has brought the schema up to date.
type Store struct {
	config   Config
	db       *sql.DB
	log      *slog.Logger
	migrated atomic.Bool
	stop     func()
}

var _ kv.Store = (*Store)(nil)

// Open returns a store without waiting for the database.
func Open(c Config, log *slog.Logger) (*Store, error) {
	db, err := openPool(c)
	if err != nil {
		return nil, err
	}
	s := &Store{config: c, db: db, log: log}
	s.stop = kv.Every(c.ReapInterval, s.reap)
	return s, nil
}

// Ping implements kv.Store. The first that reaches the database migrates it.
func (s *Store) Ping(ctx context.Context) error {
	if !s.migrated.Load() {
		if err := migrate(ctx, s.db, migrations); err != nil {
			return s.fail(ctx, err)
		}
		s.migrated.Store(true)
	}
	_, err := s.db.ExecContext(ctx, "SELECT FROM prism_kv LIMIT 0")
	return s.fail(ctx, err)
}

// Close implements kv.Store.
func (s *Store) Close() error {
	s.stop()
	return s.db.Close()
}
