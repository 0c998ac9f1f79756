package contract

import (
	"strings"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/types/known/emptypb"

	"prism.internal/plugin-sdk/kv"
	keyvaluev1 "prism.internal/proto/keyvalue/v1"
)

func wantCode(t *testing.T, what string, err error, want codes.Code) {
	t.Helper()
	if got := status.Code(err); got != want {
		t.Errorf("%s: %v; want %s", what, err, want)
	}
}

func TestArgumentsBeyondTheLimits(t *testing.T) {
	t.Parallel()
	p := start(t)
	long := strings.Repeat("k", kv.MaxKeyBytes+1)
	for method, requests := range map[string][]proto.Message{
		"Set": {
			&keyvaluev1.SetRequest{}, &keyvaluev1.SetRequest{Key: long},
			&keyvaluev1.SetRequest{Key: "k", TtlMs: -1},
			&keyvaluev1.SetRequest{Key: "k", TtlMs: kv.MaxTTL.Milliseconds() + 1},
			&keyvaluev1.SetRequest{Key: "k", Value: make([]byte, kv.MaxValueBytes+1)},
		},
		"Get":     {&keyvaluev1.GetRequest{}, &keyvaluev1.GetRequest{Key: long}},
		"Delete":  {&keyvaluev1.DeleteRequest{}, &keyvaluev1.DeleteRequest{Key: long}},
		"Exists":  {&keyvaluev1.ExistsRequest{}, &keyvaluev1.ExistsRequest{Key: long}},
		"Expire":  {&keyvaluev1.ExpireRequest{Key: "k"}, &keyvaluev1.ExpireRequest{TtlMs: 1}},
		"GetTTL":  {&keyvaluev1.GetTTLRequest{}, &keyvaluev1.GetTTLRequest{Key: long}},
		"Persist": {&keyvaluev1.PersistRequest{}, &keyvaluev1.PersistRequest{Key: long}},
		"Scan": {
			&keyvaluev1.ScanRequest{Prefix: long}, &keyvaluev1.ScanRequest{Limit: -1},
			&keyvaluev1.ScanRequest{Limit: kv.MaxPage + 1},
			&keyvaluev1.ScanRequest{Cursor: "?"}, &keyvaluev1.ScanRequest{Cursor: "A"},
			&keyvaluev1.ScanRequest{Cursor: "_w"}, // of a key that is no text
		},
	} {
		for _, request := range requests {
			err := p.conn.Invoke(t.Context(), "/"+data+"/"+method, request, new(emptypb.Empty))
			wantCode(t, method, err, codes.InvalidArgument)
		}
	}
}

// bytesCodec sends bytes as they are.
type bytesCodec struct{}

func (bytesCodec) Marshal(v any) ([]byte, error) { return v.([]byte), nil }
func (bytesCodec) Unmarshal([]byte, any) error   { return nil }
func (bytesCodec) Name() string                  { return "proto" }

func TestMessagesThatAreNoProtobuf(t *testing.T) {
	t.Parallel()
	p := start(t)
	malformed := map[string]string{
		"a tag without its field": "\xff", "a length beyond the end": "\x0a\x05k", "a key that is no UTF-8": "\x0a\x01\xff",
	}
	for _, method := range []string{"Set", "Get", "Delete", "Exists", "Expire", "GetTTL", "Persist", "Scan"} {
		for what, message := range malformed {
			err := p.conn.Invoke(t.Context(), "/"+data+"/"+method, []byte(message), new(emptypb.Empty), grpc.ForceCodec(bytesCodec{}))
			wantCode(t, method+" of "+what, err, codes.InvalidArgument)
		}
	}
}

func TestNamesOfNamespaces(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, test := range []struct {
		names []string
		want  codes.Code
	}{
		{nil, codes.OK},
		{[]string{"a.b-C_1"}, codes.OK},
		{[]string{strings.Repeat("a", kv.MaxNamespaceBytes)}, codes.OK},
		{[]string{"a", "b"}, codes.InvalidArgument},
		{[]string{""}, codes.InvalidArgument},
		{[]string{"a/b"}, codes.InvalidArgument},
		{[]string{strings.Repeat("a", kv.MaxNamespaceBytes+1)}, codes.InvalidArgument},
	} {
		ctx := t.Context()
		for _, name := range test.names {
			ctx = metadata.AppendToOutgoingContext(ctx, "x-prism-namespace", name)
		}
		_, err := p.kv.Get(ctx, &keyvaluev1.GetRequest{Key: "k"})
		wantCode(t, strings.Join(test.names, " and "), err, test.want)
	}
}

func TestLongestKeyOfTheLongestNamespace(t *testing.T) {
	t.Parallel()
	p := start(t)
	ctx := metadata.AppendToOutgoingContext(t.Context(), "x-prism-namespace", strings.Repeat("n", kv.MaxNamespaceBytes))
	key := strings.Repeat("k", kv.MaxKeyBytes)
	if _, err := p.kv.Set(ctx, &keyvaluev1.SetRequest{Key: key, Value: []byte("1")}); err != nil {
		t.Fatal(err)
	}
	page, err := p.kv.Scan(ctx, &keyvaluev1.ScanRequest{Prefix: key})
	if err != nil || len(page.Entries) != 1 || page.Entries[0].Key != key {
		t.Errorf("Scan = %v, %v", page, err)
	}
}
