package nats

import (
	"context"
	"errors"
	"fmt"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"prism.internal/plugin-sdk/kv"
)

var errNotReady = fmt.Errorf("nats: %w: no server with the bucket was reached yet", kv.ErrUnavailable)

// transient lists errors after which the same call may work later.
var transient = []error{
	nats.ErrTimeout, nats.ErrNoResponders, nats.ErrDisconnected, nats.ErrConnectionClosed, nats.ErrConnectionReconnecting,
	nats.ErrReconnectBufExceeded, nats.ErrStaleConnection, jetstream.ErrNoStreamResponse, jetstream.ErrJetStreamNotEnabled,
	jetstream.ErrJetStreamNotEnabledForAccount, context.DeadlineExceeded,
}

// ready returns the bucket.
func (s *Store) ready(ctx context.Context) (jetstream.KeyValue, error) {
	if err := ctx.Err(); err != nil {
		return nil, fmt.Errorf("nats: %w", err)
	}
	bucket := s.bucket.Load()
	if bucket == nil {
		return nil, errNotReady
	}
	return *bucket, nil
}

// fail converts an error of the client as kv.Store wants it, and reacts to it.
func (s *Store) fail(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("nats: %w (%w)", err, ctx.Err())
	}
	if gone(err) {
		s.bucket.Store(nil) // somebody replaced the server's data; Ping opens it again
		return fmt.Errorf("nats: %w: %w", kv.ErrUnavailable, err)
	}
	for _, candidate := range transient {
		if errors.Is(err, candidate) {
			return fmt.Errorf("nats: %w: %w", kv.ErrUnavailable, err)
		}
	}
	var apiError *jetstream.APIError
	if errors.As(err, &apiError) && apiError.Code == 503 {
		return fmt.Errorf("nats: %w: %w", kv.ErrUnavailable, err)
	}
	return fmt.Errorf("nats: %w", err)
}

func gone(err error) bool {
	return errors.Is(err, jetstream.ErrStreamNotFound) || errors.Is(err, jetstream.ErrBucketNotFound)
}
