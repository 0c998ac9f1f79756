package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"time"

	"prism.internal/plugin-sdk/kv"
)

const (
	// live is the condition under which a row's key exists; its parameter is now.
	live = "(expires_at IS NULL OR expires_at > ?3)"
	// one selects a live key.
	one = " WHERE namespace = ?1 AND key = ?2 AND " + live

	setSQL = `INSERT INTO prism_kv (namespace, key, value, expires_at) VALUES (?1, ?2, ?3, ?4)
		ON CONFLICT (namespace, key) DO UPDATE SET value = excluded.value, expires_at = excluded.expires_at`
	deleteSQL = "DELETE FROM prism_kv" + one
	expireSQL = "UPDATE prism_kv SET expires_at = ?4" + one
	reapSQL   = `DELETE FROM prism_kv WHERE rowid IN (
		SELECT rowid FROM prism_kv WHERE expires_at IS NOT NULL AND expires_at <= ?1 LIMIT ?2)`

	getSQL    = "SELECT value FROM prism_kv" + one
	existsSQL = "SELECT 1 FROM prism_kv" + one
	ttlSQL    = "SELECT expires_at FROM prism_kv" + one
)

// writes are the prepared statements of the writer, reads those of the readers.
type (
	writes struct{ set, delete, expire, reap *sql.Stmt }
	reads  struct{ get, exists, ttl, scan, keys *sql.Stmt }
)

func prepareWrites(db *sql.DB) (w writes, err error) {
	return w, prepare(db, map[string]**sql.Stmt{
		setSQL: &w.set, deleteSQL: &w.delete, expireSQL: &w.expire, reapSQL: &w.reap,
	})
}

func prepareReads(db *sql.DB) (r reads, err error) {
	return r, prepare(db, map[string]**sql.Stmt{
		getSQL: &r.get, existsSQL: &r.exists, ttlSQL: &r.ttl, scanSQL: &r.scan, keysSQL: &r.keys,
	})
}

func prepare(db *sql.DB, into map[string]**sql.Stmt) error {
	for query, stmt := range into {
		prepared, err := db.Prepare(query)
		if err != nil {
			return err
		}
		*stmt = prepared
	}
	return nil
}

// Set implements kv.Store.
func (s *Store) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if value == nil {
		value = []byte{} // nil would be NULL
	}
	var expires any
	if ttl > 0 {
		expires = s.in(ttl)
	}
	_, err := s.writes.set.ExecContext(ctx, kv.Namespace(ctx), []byte(key), value, expires)
	return fail(ctx, err)
}

// Get implements kv.Store.
func (s *Store) Get(ctx context.Context, key string) (value []byte, found bool, err error) {
	found, err = s.row(ctx, s.reads.get, key, &value)
	return value, found, err
}

// Exists implements kv.Store.
func (s *Store) Exists(ctx context.Context, key string) (bool, error) {
	var one int
	return s.row(ctx, s.reads.exists, key, &one)
}

// Delete implements kv.Store. It leaves expired rows to the reaper.
func (s *Store) Delete(ctx context.Context, key string) (bool, error) {
	return s.change(ctx, s.writes.delete, key)
}

// Expire implements kv.Store.
func (s *Store) Expire(ctx context.Context, key string, ttl time.Duration) (bool, error) {
	return s.change(ctx, s.writes.expire, key, s.in(ttl))
}

// Persist implements kv.Store.
func (s *Store) Persist(ctx context.Context, key string) (bool, error) {
	return s.change(ctx, s.writes.expire, key, nil)
}

// TTL implements kv.Store.
func (s *Store) TTL(ctx context.Context, key string) (time.Duration, error) {
	now := s.in(0)
	var expires sql.NullInt64
	found, err := s.row(ctx, s.reads.ttl, key, &expires)
	switch {
	case err != nil || !found:
		return kv.Missing, err
	case !expires.Valid:
		return kv.NoExpiry, nil
	}
	return time.Duration(expires.Int64-now) * time.Microsecond, nil
}

// in returns the time after d as the table holds it.
func (s *Store) in(d time.Duration) int64 { return s.now().Add(d).UnixMicro() }

// change runs a statement on the row of a key, and reports whether there is one.
func (s *Store) change(ctx context.Context, stmt *sql.Stmt, key string, args ...any) (bool, error) {
	result, err := stmt.ExecContext(ctx, append([]any{kv.Namespace(ctx), []byte(key), s.in(0)}, args...)...)
	if err != nil {
		return false, fail(ctx, err)
	}
	n, err := result.RowsAffected()
	return n > 0, fail(ctx, err)
}

// row reads one column of the row of a key, and reports whether there is one.
func (s *Store) row(ctx context.Context, stmt *sql.Stmt, key string, to any) (bool, error) {
	err := stmt.QueryRowContext(ctx, kv.Namespace(ctx), []byte(key), s.in(0)).Scan(to)
	if errors.Is(err, sql.ErrNoRows) {
		return false, nil
	}
	return err == nil, fail(ctx, err)
}
