// Package gate counts calls in flight and turns new ones away while draining.
package gate

import (
	"context"
	"errors"
	"sync"
)

// ErrAborted is the cause of a call's context that ended because the call did
// not finish within the drain timeout.
var ErrAborted = errors.New("aborted: the plugin is draining and the call took too long")

// Gate is safe for concurrent use. New makes one that is open.
type Gate struct {
	mu      sync.Mutex
	closed  bool
	calls   map[*call]struct{}
	drained chan struct{} // closed once calls is empty; nil unless draining
}

type call struct{ abort context.CancelCauseFunc }

// New returns an open gate.
func New() *Gate {
	return &Gate{calls: map[*call]struct{}{}}
}

// Enter admits a call unless the gate is closed. The call runs under the
// returned context and ends with leave.
func (g *Gate) Enter(ctx context.Context) (_ context.Context, leave func(), ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.closed {
		return ctx, nil, false
	}
	ctx, cancel := context.WithCancelCause(ctx)
	c := &call{cancel}
	g.calls[c] = struct{}{}
	return ctx, func() { g.leave(c) }, true
}

func (g *Gate) leave(c *call) {
	c.abort(nil)
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.calls, c)
	g.signalIfEmpty()
}

func (g *Gate) signalIfEmpty() {
	if g.drained != nil && len(g.calls) == 0 {
		close(g.drained)
		g.drained = nil
	}
}

// Open admits calls again.
func (g *Gate) Open() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = false
}

// Close turns new calls away.
func (g *Gate) Close() {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.closed = true
}

// Closed reports whether calls are turned away.
func (g *Gate) Closed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.closed
}

// InFlight returns the number of calls that entered and did not leave yet.
func (g *Gate) InFlight() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	return len(g.calls)
}

// Drain closes the gate, waits for the calls in flight until ctx ends, and
// aborts the rest. It returns how many calls finished and how many it aborted.
func (g *Gate) Drain(ctx context.Context) (finished, aborted int) {
	g.mu.Lock()
	g.closed = true
	before := len(g.calls)
	if g.drained == nil {
		g.drained = make(chan struct{})
	}
	done := g.drained
	g.signalIfEmpty()
	g.mu.Unlock()

	select {
	case <-done:
	case <-ctx.Done():
		aborted = g.abortAll()
	}
	return max(0, before-aborted), aborted
}

func (g *Gate) abortAll() int {
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.calls {
		c.abort(ErrAborted)
	}
	return len(g.calls)
}
