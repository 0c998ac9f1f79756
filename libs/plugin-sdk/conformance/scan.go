package conformance

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"prism.internal/plugin-sdk/kv"
)

func keysOf(page kv.Page) []string {
	keys := make([]string, len(page.Entries))
	for i, e := range page.Entries {
		keys[i] = e.Key
	}
	return keys
}

func wantKeys(t *testing.T, page kv.Page, more bool, keys ...string) {
	t.Helper()
	if got := keysOf(page); !slices.Equal(got, keys) || page.More != more {
		t.Errorf("Scan = %q, more %t; want %q, more %t", got, page.More, keys, more)
	}
}

func testScanOrder(t *testing.T, s kv.Store) {
	wantKeys(t, scan(t, s, kv.Query{Limit: 10}), false)
	// In byte order, unlike the order of any language.
	keys := []string{"\x00", "A", "B", "Z", "_", "a", "a\x00", "a b", "a-b", "aB", "ab", "z", "é", "😀"}
	for _, i := range []int{3, 13, 0, 7, 11, 5, 1, 9, 12, 2, 10, 4, 8, 6} {
		set(t, s, keys[i], keys[i], 0)
	}
	page := scan(t, s, kv.Query{Limit: 100})
	wantKeys(t, page, false, keys...)
	for _, e := range page.Entries {
		if string(e.Value) != e.Key {
			t.Errorf("key %q has the value %q", e.Key, e.Value)
		}
	}
}

func testScanPrefix(t *testing.T, s kv.Store) {
	for _, key := range []string{"a", "a%", "a%b", "a/", "a/1", "a/2", "a0", "b", "\U0010ffff", "\U0010ffffx"} {
		set(t, s, key, "", 0)
	}
	wantKeys(t, scan(t, s, kv.Query{Prefix: "a/", Limit: 10}), false, "a/", "a/1", "a/2")
	wantKeys(t, scan(t, s, kv.Query{Prefix: "a%", Limit: 10}), false, "a%", "a%b")
	wantKeys(t, scan(t, s, kv.Query{Prefix: "\U0010ffff", Limit: 10}), false, "\U0010ffff", "\U0010ffffx")
	wantKeys(t, scan(t, s, kv.Query{Prefix: "c", Limit: 10}), false)
	wantKeys(t, scan(t, s, kv.Query{Prefix: "a/", After: "a/1", Limit: 10}), false, "a/2")
	wantKeys(t, scan(t, s, kv.Query{Prefix: "a/", After: "Z", Limit: 1}), true, "a/")
	wantKeys(t, scan(t, s, kv.Query{Prefix: "a/", After: "b", Limit: 10}), false)
}

func testScanPages(t *testing.T, s kv.Store) {
	var keys []string
	for i := range 25 {
		keys = append(keys, fmt.Sprintf("p/%02d", i))
		set(t, s, keys[i], "", 0)
	}
	set(t, s, "q", "", 0)
	for _, limit := range []int{1, 7, 24, 25, 26, kv.MaxPage} {
		var got []string
		q := kv.Query{Prefix: "p/", Limit: limit}
		for {
			page := scan(t, s, q)
			if len(page.Entries) > limit || page.More && len(page.Entries) != limit {
				t.Fatalf("limit %d: a page of %d entries, more %t", limit, len(page.Entries), page.More)
			}
			got = append(got, keysOf(page)...)
			if !page.More {
				break
			}
			q.After = got[len(got)-1]
		}
		if !slices.Equal(got, keys) {
			t.Errorf("limit %d: got %q", limit, got)
		}
	}
}

func testScanMaxBytes(t *testing.T, s kv.Store) {
	for _, key := range []string{"a", "b", "c", "d"} {
		set(t, s, key, strings.Repeat(key, 1000), 0)
	}
	wantKeys(t, scan(t, s, kv.Query{Limit: 10, MaxBytes: 2000}), true, "a", "b")
	wantKeys(t, scan(t, s, kv.Query{Limit: 10, MaxBytes: 2999, After: "b"}), false, "c", "d")
	wantKeys(t, scan(t, s, kv.Query{Limit: 10, MaxBytes: 1}), true, "a")
	wantKeys(t, scan(t, s, kv.Query{Limit: 1, MaxBytes: 4000}), true, "a")
	wantKeys(t, scan(t, s, kv.Query{Limit: 10, MaxBytes: 1, KeysOnly: true}), false, "a", "b", "c", "d")
}

func testScanKeysOnly(t *testing.T, s kv.Store) {
	set(t, s, "a", "value", 0)
	page := scan(t, s, kv.Query{Limit: 10, KeysOnly: true})
	wantKeys(t, page, false, "a")
	if page.Entries[0].Value != nil {
		t.Errorf("a scan of keys only returned the value %q", page.Entries[0].Value)
	}
}
