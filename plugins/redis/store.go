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
	prefix string // of the names of values
	index  string // name of the sorted set of keys
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
	// The braces keep a namespace in one slot of a cluster, where a script may
	// use several keys.
	name := "prism:{" + c.Namespace + "}:"
	return &Store{client: redis.NewClient(&options), prefix: name + "value:", index: name + "keys"}
}

// Ping implements kv.Store.
func (s *Store) Ping(ctx context.Context) error { return fail(ctx, s.client.Ping(ctx).Err()) }

// Close implements kv.Store.
func (s *Store) Close() error { return s.client.Close() }
