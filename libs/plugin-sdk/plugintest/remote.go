package plugintest

import (
	"context"
	"encoding/base64"
	"fmt"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"prism.internal/plugin-sdk/kv"
	keyvaluev1 "prism.internal/proto/keyvalue/v1"
)

// Remote makes a kv.Store of a client, so that conformance.Run tests a plugin
// in any language by gRPC. Requests have no Query.MaxBytes, so pages are cut
// here.
func Remote(client keyvaluev1.KeyValueClient) kv.Store { return remote{client} }

type remote struct{ client keyvaluev1.KeyValueClient }

// named returns the context of a call that names the namespace of ctx.
func named(ctx context.Context) context.Context {
	if namespace := kv.Namespace(ctx); namespace != "" {
		return metadata.AppendToOutgoingContext(ctx, "x-prism-namespace", namespace)
	}
	return ctx
}

// fail converts a status back to what a store returns.
func fail(err error) error {
	switch status.Code(err) {
	case codes.OK:
		return nil
	case codes.Unavailable:
		return fmt.Errorf("%w: %w", kv.ErrUnavailable, err)
	case codes.Canceled:
		return fmt.Errorf("%w: %w", context.Canceled, err)
	case codes.DeadlineExceeded:
		return fmt.Errorf("%w: %w", context.DeadlineExceeded, err)
	}
	return err
}

func (r remote) Set(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	_, err := r.client.Set(named(ctx), &keyvaluev1.SetRequest{Key: key, Value: value, TtlMs: ttl.Milliseconds()})
	return fail(err)
}

func (r remote) Get(ctx context.Context, key string) ([]byte, bool, error) {
	resp, err := r.client.Get(named(ctx), &keyvaluev1.GetRequest{Key: key})
	return resp.GetValue(), resp.GetFound(), fail(err)
}

func (r remote) Delete(ctx context.Context, key string) (bool, error) {
	resp, err := r.client.Delete(named(ctx), &keyvaluev1.DeleteRequest{Key: key})
	return resp.GetExisted(), fail(err)
}

func (r remote) Exists(ctx context.Context, key string) (bool, error) {
	resp, err := r.client.Exists(named(ctx), &keyvaluev1.ExistsRequest{Key: key})
	return resp.GetExists(), fail(err)
}

func (r remote) Expire(ctx context.Context, key string, ttl time.Duration) (bool, error) {
	resp, err := r.client.Expire(named(ctx), &keyvaluev1.ExpireRequest{Key: key, TtlMs: ttl.Milliseconds()})
	return resp.GetFound(), fail(err)
}

func (r remote) TTL(ctx context.Context, key string) (time.Duration, error) {
	resp, err := r.client.GetTTL(named(ctx), &keyvaluev1.GetTTLRequest{Key: key})
	if left := resp.GetTtlMs(); left >= 0 {
		return time.Duration(left) * time.Millisecond, fail(err)
	}
	return time.Duration(resp.GetTtlMs()), nil // kv.NoExpiry or kv.Missing
}

func (r remote) Persist(ctx context.Context, key string) (bool, error) {
	resp, err := r.client.Persist(named(ctx), &keyvaluev1.PersistRequest{Key: key})
	return resp.GetFound(), fail(err)
}

func (r remote) Scan(ctx context.Context, q kv.Query) (kv.Page, error) {
	resp, err := r.client.Scan(named(ctx), &keyvaluev1.ScanRequest{
		Prefix: q.Prefix, Limit: int32(q.Limit), KeysOnly: q.KeysOnly,
		Cursor: base64.RawURLEncoding.EncodeToString([]byte(q.After)),
	})
	if err != nil {
		return kv.Page{}, fail(err)
	}
	page := kv.Page{More: resp.NextCursor != ""}
	bytes := 0
	for i, entry := range resp.Entries {
		if bytes += len(entry.Value); i > 0 && bytes > q.MaxBytes && !q.KeysOnly {
			page.More = true
			break
		}
		page.Entries = append(page.Entries, kv.Entry{Key: entry.Key, Value: entry.Value})
	}
	return page, nil
}

func (r remote) Ping(ctx context.Context) error {
	_, err := r.Exists(ctx, "ping")
	return err
}

func (r remote) Close() error { return nil }
