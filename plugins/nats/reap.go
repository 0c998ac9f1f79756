package nats

import (
	"context"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

func (s *Store) reapOrWarn(ctx context.Context) {
	if err := s.reap(ctx); err != nil && ctx.Err() == nil {
		s.log.Warn("cannot delete expired keys; will try again", "error", err)
	}
}

// quiet ends a pass without news. The client counts what it was told of at
// first, and so never says the end if another plugin's pass purged some of it.
const quiet = 10 * time.Second

// reap removes expired records, and the markers that Delete leaves.
func (s *Store) reap(ctx context.Context) error {
	bucket, err := s.ready(ctx)
	if err != nil {
		return nil // Ping and the callers report it
	}
	stream, err := s.stream.Stream(ctx, streamPrefix+s.config.Bucket)
	if err != nil {
		return s.fail(ctx, err)
	}
	watcher, err := bucket.WatchAll(ctx)
	if err != nil {
		return s.fail(ctx, err)
	}
	defer watcher.Stop()
	for {
		var entry jetstream.KeyValueEntry
		select {
		case entry = <-watcher.Updates():
		case <-time.After(quiet):
		}
		if entry == nil {
			return s.fail(ctx, ctx.Err()) // the end of what was there at first
		}
		if !dead(entry) {
			continue
		}
		// The client's own PurgeDeletes gives no sequence, and so removes a
		// value that is written meanwhile.
		subject := subjectPrefix + s.config.Bucket + "." + entry.Key()
		err := stream.Purge(ctx, jetstream.WithPurgeSubject(subject), jetstream.WithPurgeSequence(entry.Revision()+1))
		if err != nil {
			return s.fail(ctx, err)
		}
	}
}

func dead(entry jetstream.KeyValueEntry) bool {
	if entry.Operation() != jetstream.KeyValuePut {
		return true
	}
	r, err := decode(entry.Value())
	return err == nil && !r.live(time.Now())
}
