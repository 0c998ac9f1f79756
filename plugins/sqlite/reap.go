package sqlite

import "context"

// reapBatch bounds how long the reaper keeps other writes waiting.
const reapBatch = 1000

// reap deletes the rows of expired keys.
func (s *Store) reap(ctx context.Context) {
	for n := int64(reapBatch); n == reapBatch; {
		result, err := s.writes.reap.ExecContext(ctx, s.in(0), reapBatch)
		if err == nil {
			n, err = result.RowsAffected()
		}
		if ctx.Err() != nil {
			return // closing
		}
		if err != nil {
			s.log.Warn("cannot delete expired keys; will try again", "error", err)
			return
		}
	}
}
