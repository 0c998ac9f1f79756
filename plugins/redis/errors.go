package redis

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/redis/go-redis/v9"

	"prism.internal/plugin-sdk/kv"
)

// transient lists how answers of the server begin after which the same call may
// work later.
var transient = []string{
	"LOADING", "READONLY", "MASTERDOWN", "CLUSTERDOWN", "TRYAGAIN", "BUSY", "MISCONF", "NOREPLICAS", "OOM", "NOAUTH", "WRONGPASS",
}

// fail converts an error of the client as kv.Store wants it.
func fail(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("redis: %w (%w)", err, ctx.Err())
	}
	var answer redis.Error
	if errors.As(err, &answer) {
		for _, prefix := range transient {
			if strings.HasPrefix(answer.Error(), prefix) {
				return fmt.Errorf("redis: %w: %w", kv.ErrUnavailable, err)
			}
		}
		return fmt.Errorf("redis: %w", err)
	}
	// Whatever is no answer is a connection that broke or was never made.
	return fmt.Errorf("redis: %w: %w", kv.ErrUnavailable, err)
}
