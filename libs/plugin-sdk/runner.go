package sdk

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"prism.internal/plugin-sdk/internal/gate"
	"prism.internal/plugin-sdk/internal/health"
	"prism.internal/plugin-sdk/internal/metrics"
)

// runner steers a running plugin for signals and for the Lifecycle service.
type runner struct {
	log     *slog.Logger
	config  config
	gate    *gate.Gate
	monitor *health.Monitor
	calls   *metrics.Calls
	stop    chan time.Duration // asks serve to end within that drain timeout

	mu     sync.Mutex // orders Resume and the beginning of a drain
	ending bool
}

// Resume implements lifecycle.Control.
func (r *runner) Resume() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.ending {
		return errors.New("the plugin is stopping; start its process again")
	}
	if r.gate.Closed() {
		r.gate.Open()
		r.monitor.Resume()
	}
	return nil
}

// Drain implements lifecycle.Control.
func (r *runner) Drain(ctx context.Context, timeout time.Duration, reason string) (drained, aborted int) {
	return r.drain(ctx, r.limit(timeout), reason, false)
}

func (r *runner) limit(timeout time.Duration) time.Duration {
	if timeout == 0 {
		return r.config.drain
	}
	return timeout
}

func (r *runner) drain(ctx context.Context, timeout time.Duration, reason string, ending bool) (drained, aborted int) {
	r.mu.Lock()
	r.ending = r.ending || ending
	// Health first: whoever watches it stops sending before calls are refused.
	r.monitor.Pause()
	r.gate.Close()
	r.mu.Unlock()

	r.log.Info("draining", "reason", reason, "timeout", timeout.String(), "in_flight", r.gate.InFlight())
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	drained, aborted = r.gate.Drain(ctx)
	r.log.Info("drained", "drained", drained, "aborted", aborted)
	return drained, aborted
}

// Stop implements lifecycle.Control.
func (r *runner) Stop(timeout time.Duration) {
	select {
	case r.stop <- r.limit(timeout):
	default: // already asked
	}
}

// Health implements lifecycle.Control.
func (r *runner) Health() (draining bool, inFlight int, backend error) {
	return r.gate.Closed(), r.gate.InFlight(), r.monitor.Err()
}
