package nats

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync/atomic"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"

	"prism.internal/plugin-sdk/kv"
)

const (
	// reconnectWait is the time between two attempts to reach a server.
	reconnectWait = 250 * time.Millisecond
	// silence is how long a server may take for an answer.
	silence = 2 * time.Second
	// What precedes the name of a bucket in its stream and its subjects.
	streamPrefix  = "KV_"
	subjectPrefix = "$KV."
)

// Store implements kv.Store. Every call but Ping fails with kv.ErrUnavailable
// until a Ping has opened the bucket.
type Store struct {
	config Config
	log    *slog.Logger
	conn   *nats.Conn
	stream jetstream.JetStream
	bucket atomic.Pointer[jetstream.KeyValue]
	// refusal is why the last attempt to reach a server failed.
	refusal atomic.Pointer[error]
	stop    func()
}

var _ kv.Store = (*Store)(nil)

// Open returns a store without waiting for a server.
func Open(c Config, log *slog.Logger) (*Store, error) {
	s := &Store{config: c, log: log}
	options := []nats.Option{
		nats.Name("plugin-nats"),
		nats.RetryOnFailedConnect(true), nats.MaxReconnects(-1), nats.ReconnectWait(reconnectWait),
		// Without a buffer a write fails at once while there is no server,
		// instead of being sent later than its deadline.
		nats.ReconnectBufSize(-1),
		nats.ErrorHandler(func(_ *nats.Conn, _ *nats.Subscription, err error) { log.Warn("nats", "error", err) }),
		nats.ReconnectErrHandler(func(_ *nats.Conn, err error) { s.refusal.Store(&err) }),
	}
	if c.Credentials != "" {
		options = append(options, nats.UserCredentials(c.Credentials))
	}
	conn, err := nats.Connect(c.URL, options...)
	if err != nil {
		return nil, err
	}
	stream, err := jetstream.New(conn, jetstream.WithDefaultTimeout(silence))
	if err != nil {
		conn.Close()
		return nil, err
	}
	s.conn, s.stream = conn, stream
	s.stop = kv.Every(c.ReapInterval, s.reapOrWarn)
	return s, nil
}

// Ping implements kv.Store. The first that reaches a server opens the bucket.
func (s *Store) Ping(ctx context.Context) error {
	if !s.conn.IsConnected() {
		return errors.Join(ctx.Err(), s.unreached())
	}
	if max := s.conn.MaxPayload(); max < maxRecordBytes {
		return fmt.Errorf("nats: %w: the server's max_payload is %d; set it to 5MB, since values may have %d bytes",
			kv.ErrUnavailable, max, kv.MaxValueBytes)
	}
	bucket := s.bucket.Load()
	if bucket == nil {
		opened, err := s.openBucket(ctx)
		if err != nil {
			return s.fail(ctx, err)
		}
		bucket = &opened
		s.bucket.Store(bucket)
	}
	status, err := (*bucket).Status(ctx)
	if err == nil && status.History() != 1 {
		return fmt.Errorf("nats: %w: the bucket %s keeps %d revisions; this plugin needs one that keeps 1",
			kv.ErrUnavailable, s.config.Bucket, status.History())
	}
	return s.fail(ctx, err)
}

// unreached says why there is no server, if the client told.
func (s *Store) unreached() error {
	if refusal := s.refusal.Load(); refusal != nil {
		return fmt.Errorf("%w: %w", errNotReady, *refusal)
	}
	return errNotReady
}

// openBucket leaves the configuration of a bucket that exists alone.
func (s *Store) openBucket(ctx context.Context) (jetstream.KeyValue, error) {
	bucket, err := s.stream.KeyValue(ctx, s.config.Bucket)
	if !errors.Is(err, jetstream.ErrBucketNotFound) {
		return bucket, err
	}
	bucket, err = s.stream.CreateKeyValue(ctx, jetstream.KeyValueConfig{
		Bucket: s.config.Bucket, Description: "keys of Prism", History: 1,
		Storage: jetstream.FileStorage, Replicas: s.config.Replicas,
	})
	if errors.Is(err, jetstream.ErrBucketExists) { // another plugin was faster
		return s.stream.KeyValue(ctx, s.config.Bucket)
	}
	return bucket, err
}

// Close implements kv.Store.
func (s *Store) Close() error {
	s.stop()
	s.conn.Close()
	return nil
}
