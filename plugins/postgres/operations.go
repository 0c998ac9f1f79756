package postgres

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"prism.internal/plugin-sdk/kv"
)

const (
	// live is the condition under which a row's key exists.
	live = "(expires_at IS NULL OR expires_at > now())"
	// one selects a live key.
	one = " WHERE namespace = $1 AND key = $2 AND " + live

	setSQL = `INSERT INTO prism_kv (namespace, key, value, expires_at)
		VALUES ($1, $2, $3, now() + nullif($4::bigint, 0) * interval '1 microsecond')
		ON CONFLICT (namespace, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`
	getSQL     = "SELECT value FROM prism_kv" + one
	existsSQL  = "SELECT 1 FROM prism_kv" + one
	deleteSQL  = "DELETE FROM prism_kv" + one
	expireSQL  = "UPDATE prism_kv SET expires_at = now() + $3::bigint * interval '1 microsecond'" + one
	persistSQL = "UPDATE prism_kv SET expires_at = NULL" + one
	ttlSQL     = "SELECT ceil(extract(epoch FROM expires_at - now()) * 1000000)::bigint FROM prism_kv" + one
)

// Set implements kv.Store.
func (s *Store) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if value == nil {
		value = []byte{} // nil would be NULL
	}
	_, err := s.exec(ctx, setSQL, key, value, ttl.Microseconds())
	return err
}

// Get implements kv.Store.
func (s *Store) Get(ctx context.Context, key string) (value []byte, found bool, err error) {
	found, err = s.row(ctx, getSQL, key, &value)
	return value, found, err
}

// Exists implements kv.Store.
func (s *Store) Exists(ctx context.Context, key string) (bool, error) {
	var one int
	return s.row(ctx, existsSQL, key, &one)
}

// Delete implements kv.Store. It leaves expired rows to the reaper.
func (s *Store) Delete(ctx context.Context, key string) (bool, error) {
	return s.exec(ctx, deleteSQL, key)
}

// Expire implements kv.Store.
func (s *Store) Expire(ctx context.Context, key string, ttl time.Duration) (bool, error) {
	return s.exec(ctx, expireSQL, key, ttl.Microseconds())
}

// Persist implements kv.Store.
func (s *Store) Persist(ctx context.Context, key string) (bool, error) {
	return s.exec(ctx, persistSQL, key)
}

// TTL implements kv.Store.
func (s *Store) TTL(ctx context.Context, key string) (time.Duration, error) {
	var left sql.NullInt64
	found, err := s.row(ctx, ttlSQL, key, &left)
	switch {
	case err != nil || !found:
		return kv.Missing, err
	case !left.Valid:
		return kv.NoExpiry, nil
	}
	return time.Duration(left.Int64) * time.Microsecond, nil
}

// exec runs a statement on one key and reports whether it changed a row.
func (s *Store) exec(ctx context.Context, query, key string, args ...any) (bool, error) {
	namespace, err := s.ready(ctx)
	if err != nil {
		return false, err
	}
	result, err := s.db.ExecContext(ctx, query, append([]any{namespace, []byte(key)}, args...)...)
	if err != nil {
		return false, s.fail(ctx, err)
	}
	n, err := result.RowsAffected()
	return n > 0, s.fail(ctx, err)
}

// row reads one column of the row of a key, and reports whether there is one.
func (s *Store) row(ctx context.Context, query, key string, to any) (bool, error) {
	namespace, err := s.ready(ctx)
	if err != nil {
		return false, err
	}
	err = s.db.QueryRowContext(ctx, query, namespace, []byte(key)).Scan(to)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, s.fail(ctx, err)
}
