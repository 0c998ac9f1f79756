package redis

import (
	"context"
	"errors"
	"time"

	"github.com/redis/go-redis/v9"

	"prism.internal/plugin-sdk/kv"
)

// Scripts run without any other command in between, so a value and its entry in
// the index change together. KEYS: the value and the index; ARGV: the key.
var (
	setScript = redis.NewScript(`
		if ARGV[3] == "0" then
			redis.call("SET", KEYS[1], ARGV[2])
		else
			redis.call("SET", KEYS[1], ARGV[2], "PX", ARGV[3])
		end
		return redis.call("ZADD", KEYS[2], 0, ARGV[1])`)
	deleteScript = redis.NewScript(`
		redis.call("ZREM", KEYS[2], ARGV[1])
		return redis.call("DEL", KEYS[1])`)
	persistScript = redis.NewScript(`
		redis.call("PERSIST", KEYS[1])
		return redis.call("EXISTS", KEYS[1])`)
	// forgetScript takes an expired key out of the index.
	forgetScript = redis.NewScript(`
		if redis.call("EXISTS", KEYS[1]) == 1 then
			return 0
		end
		return redis.call("ZREM", KEYS[2], ARGV[1])`)
)

// Set implements kv.Store.
func (s *Store) Set(ctx context.Context, key string, data []byte, ttl time.Duration) error {
	_, err := s.run(ctx, setScript, key, data, ttl.Milliseconds())
	return err
}

// Get implements kv.Store.
func (s *Store) Get(ctx context.Context, key string) ([]byte, bool, error) {
	data, err := s.client.Get(ctx, value(ctx, key)).Bytes()
	if errors.Is(err, redis.Nil) {
		return nil, false, nil
	}
	return data, err == nil, fail(ctx, err)
}

// Exists implements kv.Store.
func (s *Store) Exists(ctx context.Context, key string) (bool, error) {
	n, err := s.client.Exists(ctx, value(ctx, key)).Result()
	return n > 0, fail(ctx, err)
}

// Delete implements kv.Store.
func (s *Store) Delete(ctx context.Context, key string) (bool, error) {
	return s.run(ctx, deleteScript, key)
}

// Expire implements kv.Store.
func (s *Store) Expire(ctx context.Context, key string, ttl time.Duration) (bool, error) {
	found, err := s.client.PExpire(ctx, value(ctx, key), ttl).Result()
	return found, fail(ctx, err)
}

// Persist implements kv.Store.
func (s *Store) Persist(ctx context.Context, key string) (bool, error) {
	return s.run(ctx, persistScript, key)
}

// TTL implements kv.Store.
func (s *Store) TTL(ctx context.Context, key string) (time.Duration, error) {
	left, err := s.client.PTTL(ctx, value(ctx, key)).Result()
	switch {
	case err != nil || left == -2:
		return kv.Missing, fail(ctx, err)
	case left == -1:
		return kv.NoExpiry, nil
	}
	return left, nil
}

// run runs a script on one key and reports whether it returned 1.
func (s *Store) run(ctx context.Context, script *redis.Script, key string, args ...any) (bool, error) {
	n, err := script.Run(ctx, s.client, []string{value(ctx, key), index(ctx)}, append([]any{key}, args...)...).Int()
	return n == 1, fail(ctx, err)
}
