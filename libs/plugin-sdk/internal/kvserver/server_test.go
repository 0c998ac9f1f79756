package kvserver

import (
	"context"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"prism.internal/plugin-sdk/kv"
	keyvaluev1 "prism.internal/proto/keyvalue/v1"
)

// recorder remembers the query and answers with page; other methods panic,
// which shows that a request passed validation.
type recorder struct {
	kv.Store
	query kv.Query
	page  kv.Page
	ttl   time.Duration
}

func (r *recorder) Scan(_ context.Context, q kv.Query) (kv.Page, error) {
	r.query = q
	return r.page, nil
}

func (r *recorder) TTL(context.Context, string) (time.Duration, error) { return r.ttl, nil }

func TestInvalidRequests(t *testing.T) {
	s, ctx := New(&recorder{}), t.Context()
	long := strings.Repeat("k", kv.MaxKeyBytes+1)
	for name, call := range map[string]func() (any, error){
		"set without key": func() (any, error) { return s.Set(ctx, &keyvaluev1.SetRequest{}) },
		"set big value": func() (any, error) {
			return s.Set(ctx, &keyvaluev1.SetRequest{Key: "k", Value: make([]byte, kv.MaxValueBytes+1)})
		},
		"set negative ttl":   func() (any, error) { return s.Set(ctx, &keyvaluev1.SetRequest{Key: "k", TtlMs: -1}) },
		"set huge ttl":       func() (any, error) { return s.Set(ctx, &keyvaluev1.SetRequest{Key: "k", TtlMs: 1 << 62}) },
		"get long key":       func() (any, error) { return s.Get(ctx, &keyvaluev1.GetRequest{Key: long}) },
		"get not UTF-8":      func() (any, error) { return s.Get(ctx, &keyvaluev1.GetRequest{Key: "\xff"}) },
		"delete without key": func() (any, error) { return s.Delete(ctx, &keyvaluev1.DeleteRequest{}) },
		"exists without key": func() (any, error) { return s.Exists(ctx, &keyvaluev1.ExistsRequest{}) },
		"expire without ttl": func() (any, error) { return s.Expire(ctx, &keyvaluev1.ExpireRequest{Key: "k"}) },
		"ttl without key":    func() (any, error) { return s.GetTTL(ctx, &keyvaluev1.GetTTLRequest{}) },
		"persist long key":   func() (any, error) { return s.Persist(ctx, &keyvaluev1.PersistRequest{Key: long}) },
		"scan long prefix":   func() (any, error) { return s.Scan(ctx, &keyvaluev1.ScanRequest{Prefix: long}) },
		"scan limit":         func() (any, error) { return s.Scan(ctx, &keyvaluev1.ScanRequest{Limit: kv.MaxPage + 1}) },
		"scan cursor":        func() (any, error) { return s.Scan(ctx, &keyvaluev1.ScanRequest{Cursor: "!"}) },
	} {
		if _, err := call(); status.Code(err) != codes.InvalidArgument {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestScanCursor(t *testing.T) {
	r := &recorder{page: kv.Page{Entries: []kv.Entry{{Key: "a"}, {Key: "ключ\x00"}}, More: true}}
	first, err := New(r).Scan(t.Context(), &keyvaluev1.ScanRequest{})
	if err != nil || first.NextCursor == "" || r.query.Limit != kv.DefaultPage {
		t.Fatalf("%v, %v, %+v", first, err, r.query)
	}
	r.page.More = false
	last, err := New(r).Scan(t.Context(), &keyvaluev1.ScanRequest{Cursor: first.NextCursor, Limit: 7, KeysOnly: true})
	if err != nil || last.NextCursor != "" {
		t.Errorf("%v, %v", last, err)
	}
	if q := r.query; q.After != "ключ\x00" || q.Limit != 7 || !q.KeysOnly {
		t.Errorf("%+v", q)
	}
}

func TestTTLIsRoundedUp(t *testing.T) {
	for ttl, want := range map[time.Duration]int64{
		kv.NoExpiry: -1, kv.Missing: -2, 1: 1, time.Millisecond: 1, time.Millisecond + 1: 2,
	} {
		got, err := New(&recorder{ttl: ttl}).GetTTL(t.Context(), &keyvaluev1.GetTTLRequest{Key: "k"})
		if err != nil || got.TtlMs != want {
			t.Errorf("%d ns: %v, %v; want %d ms", ttl, got, err, want)
		}
	}
}
