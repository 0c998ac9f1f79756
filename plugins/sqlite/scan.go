package sqlite

import (
	"context"
	"strings"

	"prism.internal/plugin-sdk/kv"
)

const (
	scanSQL = scanHead + ", value" + scanTail
	keysSQL = scanHead + scanTail

	scanHead = "SELECT key"
	scanTail = " FROM prism_kv WHERE namespace = ?1 AND key > ?2 AND " + live + " AND key >= ?4 ORDER BY key"
)

// Scan implements kv.Store. Rows are read one by one until the page is full, so
// at most one value is read in vain.
func (s *Store) Scan(ctx context.Context, q kv.Query) (kv.Page, error) {
	stmt := s.reads.scan
	if q.KeysOnly {
		stmt = s.reads.keys
	}
	rows, err := stmt.QueryContext(ctx, kv.Namespace(ctx), []byte(q.After), s.in(0), []byte(q.Prefix))
	if err != nil {
		return kv.Page{}, fail(ctx, err)
	}
	defer rows.Close()
	var page kv.Page
	for bytes := 0; rows.Next(); {
		var key []byte
		var entry kv.Entry
		columns := []any{&key, &entry.Value}
		if q.KeysOnly {
			columns = columns[:1]
		}
		if err := rows.Scan(columns...); err != nil {
			return kv.Page{}, fail(ctx, err)
		}
		entry.Key = string(key)
		if !strings.HasPrefix(entry.Key, q.Prefix) {
			break
		}
		bytes += len(entry.Value)
		if n := len(page.Entries); n == q.Limit || n > 0 && !q.KeysOnly && bytes > q.MaxBytes {
			page.More = true
			break
		}
		page.Entries = append(page.Entries, entry)
	}
	if err := rows.Err(); err != nil {
		return kv.Page{}, fail(ctx, err)
	}
	return page, nil
}
