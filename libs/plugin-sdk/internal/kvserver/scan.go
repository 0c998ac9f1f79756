package kvserver

import (
	"context"
	"encoding/base64"
	"fmt"

	"prism.internal/plugin-sdk/kv"
	keyvaluev1 "prism.internal/proto/keyvalue/v1"
)

// pageBytes bounds the values of a page. Keys and framing of MaxPage entries
// take up to another MiB, and all of it has to fit a message of 4 MiB; one
// value alone may be bigger.
const pageBytes = 2 << 20

func (s *server) Scan(ctx context.Context, r *keyvaluev1.ScanRequest) (*keyvaluev1.ScanResponse, error) {
	q, err := query(r)
	if err != nil {
		return nil, invalid(err)
	}
	page, err := s.store.Scan(ctx, q)
	if err != nil {
		return nil, err
	}
	resp := &keyvaluev1.ScanResponse{Entries: make([]*keyvaluev1.Entry, len(page.Entries))}
	for i, e := range page.Entries {
		resp.Entries[i] = &keyvaluev1.Entry{Key: e.Key, Value: e.Value}
	}
	if n := len(page.Entries); page.More && n > 0 {
		resp.NextCursor = encodeCursor(page.Entries[n-1].Key)
	}
	return resp, nil
}

func query(r *keyvaluev1.ScanRequest) (kv.Query, error) {
	q := kv.Query{Prefix: r.Prefix, Limit: int(r.Limit), MaxBytes: pageBytes, KeysOnly: r.KeysOnly}
	if err := kv.CheckPrefix(q.Prefix); err != nil {
		return q, err
	}
	if q.Limit < 0 || q.Limit > kv.MaxPage {
		return q, fmt.Errorf("limit is %d; it must be from 0 to %d", q.Limit, kv.MaxPage)
	}
	if q.Limit == 0 {
		q.Limit = kv.DefaultPage
	}
	var err error
	q.After, err = decodeCursor(r.Cursor)
	return q, err
}

// A cursor is the last key of its page, encoded so that clients do not come to
// rely on what is in it.
func encodeCursor(key string) string {
	return base64.RawURLEncoding.EncodeToString([]byte(key))
}

func decodeCursor(cursor string) (string, error) {
	if cursor == "" {
		return "", nil
	}
	key, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil || kv.CheckKey(string(key)) != nil {
		return "", fmt.Errorf("cursor is not the next_cursor of an earlier page")
	}
	return string(key), nil
}
