package kafka

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"sync/atomic"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kgo"
)

const (
	// silence is how long Kafka may take for an answer.
	silence = 2 * time.Second
	// reconnectWait is the time between two attempts to reach a broker.
	reconnectWait = 250 * time.Millisecond
	// replaceAfter is how long a session may get no record before another
	// replaces it. It is far below the time that tombstones stay in the log.
	replaceAfter = 30 * time.Second
)

// session follows the topic from its begin until it is closed.
type session struct {
	config Config
	client *kgo.Client
	view   *view
	log    *slog.Logger
	writer uint64 // names this session in the log
	cancel context.CancelFunc
	opened chan struct{} // closed when the topic was verified, or failed to be
	done   chan struct{}
	heard  atomic.Int64 // when the last record was applied, nanoseconds of Unix time

	mu      sync.Mutex
	token   uint64
	waiting map[uint64]chan result
	beat    chan result // of a heartbeat on its way
	sent    time.Time   // when it was
	failed  error       // why the session reads no more
}

func connect(c Config) (*kgo.Client, error) {
	return kgo.NewClient(append([]kgo.Opt{
		kgo.ClientID("plugin-kafka"), kgo.DialTimeout(silence), kgo.RetryTimeout(silence),
		kgo.MetadataMinAge(reconnectWait), kgo.RetryBackoffFn(func(int) time.Duration { return reconnectWait }),
		kgo.DisableClientMetrics(),
		kgo.DefaultProduceTopic(c.Topic), kgo.RequiredAcks(kgo.AllISRAcks()), kgo.RecordPartitioner(kgo.ManualPartitioner()),
		kgo.ProducerLinger(0), kgo.ProducerBatchMaxBytes(maxRecordBytes),
		kgo.MaxBufferedBytes(max(c.MaxBytes, 2*maxRecordBytes)),
		// Not the context of a call: where it ends, the client would fail the
		// records of other calls that are on their way together with its own.
		kgo.RecordDeliveryTimeout(silence), kgo.AllowIdempotentProduceCancellation(),
		// A log that ends before what was read is another log: the session ends.
		kgo.ConsumeResetOffset(kgo.NoResetOffset()),
	}, c.Server...)...)
}

// openSession starts to open and replay the topic.
func openSession(c Config, log *slog.Logger) (*session, error) {
	client, err := connect(c)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithCancel(context.Background())
	s := &session{
		config: c, client: client, view: newView(), log: log, writer: rand.Uint64(), cancel: cancel,
		opened: make(chan struct{}), done: make(chan struct{}), waiting: map[uint64]chan result{},
	}
	s.heard.Store(time.Now().UnixNano())
	go s.run(ctx)
	return s, nil
}

// close ends all calls that wait.
func (s *session) close() {
	s.cancel()
	<-s.done
	s.client.Close()
}

func (s *session) run(ctx context.Context) {
	defer close(s.done)
	err := s.open(ctx)
	close(s.opened)
	if err == nil {
		err = s.follow(ctx)
	}
	s.fail(err)
}

func (s *session) open(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	if err := ensureTopic(ctx, kadm.NewClient(s.client), s.config); err != nil {
		return err
	}
	s.client.AddConsumePartitions(map[string]map[int32]kgo.Offset{s.config.Topic: {0: kgo.NewOffset().AtStart()}})
	return nil
}

// follow applies records until ctx ends or the log cannot be read on.
func (s *session) follow(ctx context.Context) error {
	for {
		fetches := s.client.PollFetches(ctx)
		if ctx.Err() != nil {
			return errNotReady
		}
		fetches.EachRecord(s.apply)
		if err := s.check(fetches); err != nil {
			return err
		}
	}
}

func (s *session) check(fetches kgo.Fetches) error {
	// Records of other plugins cannot be refused.
	if size := s.view.size(); size > 2*s.config.MaxBytes {
		return fmt.Errorf("the keys of the topic take %d bytes; raise PRISM_KAFKA_MAX_BYTES to as much", size)
	}
	return fetches.Err()
}

func (s *session) apply(k *kgo.Record) {
	r, err := decode(k)
	if err != nil {
		s.log.Warn("skipped a record", "error", err)
		return
	}
	done := s.view.apply(r, k.Offset, time.Now())
	s.heard.Store(time.Now().UnixNano())
	if r.writer == s.writer {
		s.settle(r.token, result{outcome: done})
	}
}

// fail ends all calls that wait, and all later ones.
func (s *session) fail(err error) {
	s.mu.Lock()
	s.failed = err
	all := s.waiting
	s.waiting = map[uint64]chan result{}
	s.mu.Unlock()
	for _, waiting := range all {
		waiting <- result{err: err}
	}
}

// lost tells whether a session that returned this error should be replaced.
func (s *session) lost(err error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.failed != nil || errors.Is(err, kerr.UnknownTopicOrPartition) || errors.Is(err, kerr.UnknownTopicID) ||
		time.Since(time.Unix(0, s.heard.Load())) > replaceAfter
}
