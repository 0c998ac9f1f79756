package main

import (
	"bytes"
	"fmt"
	"testing"

	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugin-sdk/plugintest"
	keyvaluev1 "prism.internal/proto/keyvalue/v1"
)

func TestMain(m *testing.M) { plugintest.Main(m, main) }

// Clients with gRPC's default limits can read everything that can be written.
func TestBiggestValuesFitMessages(t *testing.T) {
	client, ctx := plugintest.Start(t), t.Context()
	big := bytes.Repeat([]byte{1}, kv.MaxValueBytes)
	var keys []string
	for i := range 3 {
		key := fmt.Sprintf("%0*d", kv.MaxKeyBytes, i)
		keys = append(keys, key)
		if _, err := client.Set(ctx, &keyvaluev1.SetRequest{Key: key, Value: big}); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := client.Get(ctx, &keyvaluev1.GetRequest{Key: keys[0]}); err != nil || !bytes.Equal(got.Value, big) {
		t.Errorf("Get: %d bytes, %v", len(got.GetValue()), err)
	}
	if n := count(t, client, &keyvaluev1.ScanRequest{}); n != 3 {
		t.Errorf("Scan finds %d big values", n)
	}
}

func TestFullestPagesFitMessages(t *testing.T) {
	client := plugintest.Start(t)
	value := make([]byte, 4<<10)
	for i := range kv.MaxPage + 1 {
		key := fmt.Sprintf("%0*d", kv.MaxKeyBytes, i)
		if _, err := client.Set(t.Context(), &keyvaluev1.SetRequest{Key: key, Value: value}); err != nil {
			t.Fatal(err)
		}
	}
	for _, keysOnly := range []bool{false, true} {
		if n := count(t, client, &keyvaluev1.ScanRequest{Limit: kv.MaxPage, KeysOnly: keysOnly}); n != kv.MaxPage+1 {
			t.Errorf("keys only %t: Scan finds %d", keysOnly, n)
		}
	}
}

// count returns how many entries all pages have.
func count(t *testing.T, client keyvaluev1.KeyValueClient, r *keyvaluev1.ScanRequest) (n int) {
	t.Helper()
	for {
		page, err := client.Scan(t.Context(), r)
		if err != nil {
			t.Fatal(err)
		}
		n += len(page.Entries)
		if page.NextCursor == "" {
			return n
		}
		r.Cursor = page.NextCursor
	}
}
