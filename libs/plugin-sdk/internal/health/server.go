// Package health implements grpc.health.v1, both sides.
//
// The server of google.golang.org/grpc/health links gRPC's client as well,
// which costs a plugin more than its size budget allows.
package health

import (
	"context"
	"maps"
	"sync"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"
)

// Status is the state of one service.
type Status = healthpb.HealthCheckResponse_ServingStatus

// The states that a service of a plugin can have.
const (
	Serving    = healthpb.HealthCheckResponse_SERVING
	NotServing = healthpb.HealthCheckResponse_NOT_SERVING
)

// Server answers health checks; the service "" is the plugin as a whole.
type Server struct {
	healthpb.UnimplementedHealthServer

	mu      sync.Mutex
	states  map[string]Status
	changed chan struct{} // closed and replaced with every change
	closed  chan struct{}
	once    sync.Once
}

// NewServer returns a server on which every service is unknown.
func NewServer() *Server {
	return &Server{
		states:  map[string]Status{},
		changed: make(chan struct{}),
		closed:  make(chan struct{}),
	}
}

// Set changes the state of services, and reports whether any had another one.
func (s *Server) Set(state Status, services ...string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	changed := false
	for _, name := range services {
		if old, ok := s.states[name]; !ok || old != state {
			s.states[name] = state
			changed = true
		}
	}
	if changed {
		close(s.changed)
		s.changed = make(chan struct{})
	}
	return changed
}

// Close ends every Watch, which would otherwise outlive a graceful stop.
func (s *Server) Close() {
	s.once.Do(func() { close(s.closed) })
}

func (s *Server) state(service string) (_ Status, known bool, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	state, ok := s.states[service]
	return state, ok, s.changed
}

// Check implements grpc.health.v1.Health.
func (s *Server) Check(_ context.Context, r *healthpb.HealthCheckRequest) (*healthpb.HealthCheckResponse, error) {
	state, known, _ := s.state(r.GetService())
	if !known {
		return nil, status.Errorf(codes.NotFound, "unknown service %q", r.GetService())
	}
	return &healthpb.HealthCheckResponse{Status: state}, nil
}

// List implements grpc.health.v1.Health.
func (s *Server) List(context.Context, *healthpb.HealthListRequest) (*healthpb.HealthListResponse, error) {
	s.mu.Lock()
	states := maps.Clone(s.states)
	s.mu.Unlock()
	all := make(map[string]*healthpb.HealthCheckResponse, len(states))
	for name, state := range states {
		all[name] = &healthpb.HealthCheckResponse{Status: state}
	}
	return &healthpb.HealthListResponse{Statuses: all}, nil
}

// Watch implements grpc.health.v1.Health.
func (s *Server) Watch(r *healthpb.HealthCheckRequest, stream grpc.ServerStreamingServer[healthpb.HealthCheckResponse]) error {
	sent := Status(-1)
	for {
		state, known, changed := s.state(r.GetService())
		if !known {
			state = healthpb.HealthCheckResponse_SERVICE_UNKNOWN
		}
		if state != sent {
			if err := stream.Send(&healthpb.HealthCheckResponse{Status: state}); err != nil {
				return err
			}
			sent = state
		}
		select {
		case <-changed:
		case <-stream.Context().Done():
			return stream.Context().Err()
		case <-s.closed:
			return status.Error(codes.Unavailable, "the plugin is stopping")
		}
	}
}
