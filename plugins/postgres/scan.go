package postgres

import (
	"context"

	"prism.internal/plugin-sdk/kv"
)

// The innermost query walks the primary key and stops at one row more than the
// page; the window functions around it find where the page is full. Big values
// of the rows that are cut off are never read.
const (
	scanSQL = scanHead + "value" + scanTail
	keysSQL = scanHead + "NULL::bytea" + scanTail

	scanHead = `SELECT key, value, found FROM (
		SELECT key, value, count(*) OVER () AS found,
			row_number() OVER (ORDER BY key) AS n,
			sum(coalesce(octet_length(value), 0)) OVER (ORDER BY key) AS bytes
		FROM (SELECT key, `
	scanTail = ` AS value FROM prism_kv
			WHERE namespace = $1 AND key > $2 AND key >= $3 AND ($4::bytea IS NULL OR key < $4) AND ` + live + `
			ORDER BY key LIMIT $5::integer + 1) AS candidates
		) AS sized
		WHERE n <= $5::integer AND (n = 1 OR bytes <= $6) ORDER BY key`
)

// Scan implements kv.Store.
func (s *Store) Scan(ctx context.Context, q kv.Query) (kv.Page, error) {
	namespace, err := s.ready(ctx)
	if err != nil {
		return kv.Page{}, err
	}
	query := scanSQL
	if q.KeysOnly {
		query = keysSQL
	}
	rows, err := s.db.QueryContext(ctx, query,
		namespace, []byte(q.After), []byte(q.Prefix), after(q.Prefix), q.Limit, q.MaxBytes)
	if err != nil {
		return kv.Page{}, s.fail(ctx, err)
	}
	defer rows.Close()
	var page kv.Page
	found := 0
	for rows.Next() {
		var key []byte
		var entry kv.Entry
		if err := rows.Scan(&key, &entry.Value, &found); err != nil {
			return kv.Page{}, s.fail(ctx, err)
		}
		entry.Key = string(key)
		page.Entries = append(page.Entries, entry)
	}
	if err := rows.Err(); err != nil {
		return kv.Page{}, s.fail(ctx, err)
	}
	page.More = found > len(page.Entries)
	return page, nil
}

// after returns the least key that is greater than every key with the prefix,
// or nil if there is none.
func after(prefix string) []byte {
	end := []byte(prefix)
	for i := len(end) - 1; i >= 0; i-- {
		if end[i] < 0xff {
			end[i]++
			return end[:i+1]
		}
	}
	return nil
}
