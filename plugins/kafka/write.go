package kafka

import (
	"context"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
)

// result is what a call gets that waits for its record.
type result struct {
	outcome
	err error
}

// send hands a record to the client. The channel gets what it did, once the
// view has it, or why it cannot be written.
func (s *session) send(r record) (uint64, chan result) {
	answer := make(chan result, 1)
	s.mu.Lock()
	s.token++
	r.writer, r.token = s.writer, s.token
	failed := s.failed
	if failed == nil {
		s.waiting[r.token] = answer
	}
	s.mu.Unlock()
	if failed != nil {
		answer <- result{err: failed}
		return r.token, answer
	}
	// Not Produce, which waits for room without regard to the call's context.
	s.client.TryProduce(context.Background(), r.encode(), func(_ *kgo.Record, err error) {
		if err != nil {
			s.settle(r.token, result{err: err})
		}
	})
	return r.token, answer
}

// write returns what a record did once this view has it, and so everything
// before it. After an error, the record may be written or not.
func (s *session) write(ctx context.Context, r record) (outcome, error) {
	ctx, cancel := context.WithTimeout(ctx, silence)
	defer cancel()
	token, answer := s.send(r)
	select {
	case got := <-answer:
		return got.outcome, got.err
	case <-ctx.Done():
		s.settle(token, result{}) // the caller has stopped waiting
		return outcome{}, ctx.Err()
	}
}

// heartbeat writes a record that changes nothing, and waits until the view has
// it: then Kafka takes writes, and the view has everything that was written
// before. While one is on its way, the next call waits for the same.
func (s *session) heartbeat(ctx context.Context) error {
	select {
	case <-s.opened:
	case <-ctx.Done():
		return ctx.Err()
	}
	answer := s.beating()
	select {
	case got := <-answer:
		s.mu.Lock()
		s.beat = nil
		s.mu.Unlock()
		if got.err == nil {
			s.view.replayed()
		}
		return got.err
	case <-ctx.Done():
		return ctx.Err()
	}
}

// beating returns the heartbeat that is on its way, or sends one.
func (s *session) beating() chan result {
	s.mu.Lock()
	answer := s.beat
	s.mu.Unlock()
	if answer == nil {
		_, answer = s.send(record{seen: unconditional})
		s.mu.Lock()
		s.beat, s.sent = answer, time.Now()
		s.mu.Unlock()
	}
	return answer
}

// silent tells whether Kafka took too long for the last heartbeat.
func (s *session) silent() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Since(s.sent) > silence
}

// settle answers the call of a token.
func (s *session) settle(token uint64, r result) {
	s.mu.Lock()
	waiting := s.waiting[token]
	delete(s.waiting, token)
	s.mu.Unlock()
	if waiting != nil {
		waiting <- r
	}
}
