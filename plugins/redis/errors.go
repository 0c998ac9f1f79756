package redis

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
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
	var netErr net.Error
	if errors.As(err, &netErr) || errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, redis.ErrPoolTimeout) || errors.Is(err, redis.ErrClosed) {
		return fmt.Errorf("redis: %w: %w", kv.ErrUnavailable, err)
	}
	return fmt.Errorf("redis: %w", err)
}
