package kvserver

import (
	"testing"

	"google.golang.org/protobuf/proto"

	"prism.internal/plugin-sdk/kv"
	keyvaluev1 "prism.internal/proto/keyvalue/v1"
)

// Any message gives a valid query or an error.
func FuzzScanRequest(f *testing.F) {
	for _, r := range []*keyvaluev1.ScanRequest{
		{}, {Prefix: "a/", Limit: 7, Cursor: encodeCursor("ключ\x00"), KeysOnly: true}, {Limit: -1}, {Cursor: "!"},
	} {
		data, err := proto.Marshal(r)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var r keyvaluev1.ScanRequest
		if proto.Unmarshal(data, &r) != nil {
			return
		}
		q, err := query(&r)
		if err != nil {
			return
		}
		if q.Limit < 1 || q.Limit > kv.MaxPage || len(q.Prefix) > kv.MaxKeyBytes || len(q.After) > kv.MaxKeyBytes {
			t.Errorf("%+v", q)
		}
		if q.After != "" && encodeCursor(q.After) == "" {
			t.Errorf("the cursor of %q is empty", q.After)
		}
	})
}
