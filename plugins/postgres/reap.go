package postgres

import "context"

// reapBatch bounds how long a statement of the reaper holds locks.
const reapBatch = 1000

// Reapers of several plugins share the work: each skips the rows of another.
const reapSQL = `DELETE FROM prism_kv WHERE ctid = ANY (ARRAY (
	SELECT ctid FROM prism_kv WHERE expires_at <= now() LIMIT $1 FOR UPDATE SKIP LOCKED))`

// reap deletes the rows of expired keys, of every namespace.
func (s *Store) reap(ctx context.Context) {
	for n := int64(reapBatch); n == reapBatch && s.migrated.Load(); {
		result, err := s.db.ExecContext(ctx, reapSQL, reapBatch)
		if err == nil {
			n, err = result.RowsAffected()
		}
		if ctx.Err() != nil {
			return // closing
		}
		if err != nil {
			s.log.Warn("cannot delete expired keys; will try again", "error", s.fail(ctx, err))
			return
		}
	}
}
