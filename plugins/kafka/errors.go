package kafka

import (
	"context"
	"fmt"

	"prism.internal/plugin-sdk/kv"
)

var errNotReady = fmt.Errorf("kafka: %w: the view does not follow the topic", kv.ErrUnavailable)

// unavailable marks an error after which the same call may work later.
func unavailable(err error) error { return fmt.Errorf("kafka: %w: %w", kv.ErrUnavailable, err) }

// ended returns the error of a call that was given up.
func ended(ctx context.Context) error { return fmt.Errorf("kafka: %w", ctx.Err()) }
