// Package redis keeps keys in Redis. Beside the values, a sorted set holds the
// keys of the namespace: Redis itself lists keys in no order.
package redis

import (
	"context"

	"github.com/redis/go-redis/v9"

	"prism.internal/plugin-sdk/kv"
)

// Store implements kv.Store.
type Store struct {
	client *redis.Client
}

var _ kv.Store = (*Store)(nil)

// Open returns a store without waiting for the server.
func Open(c Config) *Store {
	options := *c.Server
	options.ClientName = "plugin-redis"
	options.PoolSize, options.MaxActiveConns = c.MaxConns, c.MaxConns
	// A second try of Delete would report that the key did not exist. Callers
	// know whether they may try again.
	options.MaxRetries = -1
	options.ContextTimeoutEnabled = true
	return &Store{client: redis.NewClient(&options)}
}

// value is the name of a key's value.
func value(ctx context.Context, key string) string { return own(ctx) + "value:" + key }

// index is the name of the sorted set of keys.
func index(ctx context.Context) string { return own(ctx) + "keys" }

// own is how the names of a namespace begin. The braces keep it in one slot of a
// cluster, where a script may use several keys.
func own(ctx context.Context) string { return "prism:{" + kv.Namespace(ctx) + "}:" }

// Ping implements kv.Store.
func (s *Store) Ping(ctx context.Context) error { return fail(ctx, s.client.Ping(ctx).Err()) }

// Close implements kv.Store.
func (s *Store) Close() error { return s.client.Close() }
