// Package lifecycle serves prism.lifecycle.v1.
package lifecycle

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	lifecyclev1 "prism.internal/proto/lifecycle/v1"
)

// Control is what the service steers; all of it is safe for concurrent use.
type Control interface {
	// Resume opens the data plane, unless the process is ending.
	Resume() error
	// Drain closes the data plane and waits for the calls in flight for timeout,
	// or for the plugin's own limit if that is 0.
	Drain(ctx context.Context, timeout time.Duration, reason string) (drained, aborted int)
	// Stop drains and ends the process; it returns at once.
	Stop(timeout time.Duration)
	// Health returns whether the plugin is draining, its calls in flight and
	// the error of a backend that does not answer.
	Health() (draining bool, inFlight int, backend error)
}

// Identity is what the service declares about the plugin.
type Identity struct {
	Name, Version, Endpoint string
	Interfaces              []string
	Started                 time.Time
}

type server struct {
	lifecyclev1.UnimplementedLifecycleServer
	id      Identity
	control Control
}

// New returns the service.
func New(id Identity, control Control) lifecyclev1.LifecycleServer {
	return &server{id: id, control: control}
}

func (s *server) Initialize(_ context.Context, r *lifecyclev1.InitializeRequest) (*lifecyclev1.InitializeResponse, error) {
	if r.Name != "" && r.Name != s.id.Name {
		return nil, status.Errorf(codes.InvalidArgument, "this is plugin %q, not %q", s.id.Name, r.Name)
	}
	if len(r.Config.GetFields()) > 0 {
		return nil, status.Error(codes.InvalidArgument,
			"config must be empty: this plugin is configured by its environment when it starts")
	}
	return &lifecyclev1.InitializeResponse{Interfaces: s.id.Interfaces}, nil
}

func (s *server) Start(context.Context, *lifecyclev1.StartRequest) (*lifecyclev1.StartResponse, error) {
	if err := s.control.Resume(); err != nil {
		return nil, status.Error(codes.FailedPrecondition, err.Error())
	}
	return &lifecyclev1.StartResponse{DataEndpoint: s.id.Endpoint}, nil
}

func (s *server) Drain(ctx context.Context, r *lifecyclev1.DrainRequest) (*lifecyclev1.DrainResponse, error) {
	timeout, err := timeout(r.TimeoutMs)
	if err != nil {
		return nil, err
	}
	drained, aborted := s.control.Drain(ctx, timeout, r.Reason)
	return &lifecyclev1.DrainResponse{Drained: int64(drained), Aborted: int64(aborted)}, nil
}

func (s *server) Stop(_ context.Context, r *lifecyclev1.StopRequest) (*lifecyclev1.StopResponse, error) {
	timeout, err := timeout(r.TimeoutMs)
	if err != nil {
		return nil, err
	}
	s.control.Stop(timeout)
	return &lifecyclev1.StopResponse{}, nil
}

func timeout(ms int64) (time.Duration, error) {
	const most = time.Hour
	if ms < 0 || ms > most.Milliseconds() {
		return 0, status.Errorf(codes.InvalidArgument, "timeout_ms is %d; it must be from 0 to %d", ms, most.Milliseconds())
	}
	return time.Duration(ms) * time.Millisecond, nil
}

func (s *server) HealthCheck(context.Context, *lifecyclev1.HealthCheckRequest) (*lifecyclev1.HealthCheckResponse, error) {
	draining, inFlight, err := s.control.Health()
	resp := &lifecyclev1.HealthCheckResponse{
		Status:  lifecyclev1.HealthCheckResponse_STATUS_HEALTHY,
		Message: "serving",
		Details: map[string]string{
			"version":   s.id.Version,
			"in_flight": strconv.Itoa(inFlight),
			"uptime":    time.Since(s.id.Started).Round(time.Millisecond).String(),
		},
	}
	if draining {
		resp.Status = lifecyclev1.HealthCheckResponse_STATUS_DEGRADED
		resp.Message = "draining"
	}
	if err != nil {
		resp.Status = lifecyclev1.HealthCheckResponse_STATUS_UNHEALTHY
		resp.Message = fmt.Sprintf("backend: %v", err)
	}
	return resp, nil
}
