package health

import (
	"context"
	"log/slog"
	"sync"
	"time"
)

// Monitor keeps the state of services up to date by asking the backend.
type Monitor struct {
	server   *Server
	ping     func(context.Context) error
	services []string
	interval time.Duration
	log      *slog.Logger
	wake     chan struct{}

	mu      sync.Mutex
	paused  bool
	checked bool  // err says something
	err     error // of the last check
}

// NewMonitor returns a monitor that will call ping every interval, and give it
// as much time as that. The services are NOT_SERVING until it runs.
func NewMonitor(s *Server, ping func(context.Context) error, interval time.Duration, log *slog.Logger, services ...string) *Monitor {
	s.Set(NotServing, services...)
	return &Monitor{
		server: s, ping: ping, services: services, interval: interval, log: log,
		wake: make(chan struct{}, 1),
	}
}

// Run checks until ctx ends.
func (m *Monitor) Run(ctx context.Context) {
	tick := time.NewTicker(m.interval)
	defer tick.Stop()
	for {
		m.check(ctx)
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-m.wake:
		}
	}
}

func (m *Monitor) check(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, m.interval)
	defer cancel()
	err := m.ping(ctx)

	m.mu.Lock()
	defer m.mu.Unlock()
	news := !m.checked || text(err) != text(m.err)
	m.checked, m.err = true, err
	if m.paused {
		return
	}
	if err == nil {
		if m.server.Set(Serving, m.services...) {
			m.log.Info("backend is up; serving")
		}
		return
	}
	m.server.Set(NotServing, m.services...)
	if news {
		m.log.Warn("backend is down; not serving", "error", err)
	}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Recheck asks for a check now instead of at the next interval.
func (m *Monitor) Recheck() {
	select {
	case m.wake <- struct{}{}:
	default:
	}
}

// Pause makes the services NOT_SERVING, whatever the backend says.
func (m *Monitor) Pause() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.paused = true
	m.server.Set(NotServing, m.services...)
}

// Resume lets the backend decide again.
func (m *Monitor) Resume() {
	m.mu.Lock()
	m.paused = false
	m.mu.Unlock()
	m.Recheck()
}

// Err is what the last check said.
func (m *Monitor) Err() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.err
}
