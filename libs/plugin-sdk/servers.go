package sdk

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"time"

	"golang.org/x/net/netutil"
	"google.golang.org/grpc"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/keepalive"
	"google.golang.org/grpc/reflection"

	"prism.internal/plugin-sdk/internal/health"
	"prism.internal/plugin-sdk/internal/kvserver"
	"prism.internal/plugin-sdk/internal/lifecycle"
	"prism.internal/plugin-sdk/kv"
	lifecyclev1 "prism.internal/proto/lifecycle/v1"
)

// How long connections get for goodbyes once no call of the data plane runs.
const closeTimeout = time.Second

const (
	// handshakeTimeout ends connections that send nothing.
	handshakeTimeout = 10 * time.Second
	// maxConnections of a listener; further ones wait.
	maxConnections = 1000
)

// Clients that vanished answer no pings; idle ones connect again.
var connections = []grpc.ServerOption{
	grpc.ConnectionTimeout(handshakeTimeout),
	grpc.KeepaliveParams(keepalive.ServerParameters{
		MaxConnectionIdle: 5 * time.Minute, Time: 30 * time.Second, Timeout: 10 * time.Second,
	}),
	pings,
}

// The proxy pings its connections every ten seconds, idle ones too; gRPC would
// close them after three pings.
var pings = grpc.KeepaliveEnforcementPolicy(keepalive.EnforcementPolicy{
	MinTime: 5 * time.Second, PermitWithoutStream: true,
})

// servers are apart so that whoever reaches the data cannot stop the plugin.
type servers struct {
	data    *grpc.Server // KeyValue
	control *grpc.Server // Lifecycle
}

func (r *runner) servers(store kv.Store, states *health.Server, id lifecycle.Identity) servers {
	s := servers{
		data:    grpc.NewServer(append(slices.Clone(connections), kvserver.Codec(), grpc.UnaryInterceptor(r.intercept))...),
		control: grpc.NewServer(connections...),
	}
	healthpb.RegisterHealthServer(s.data, states)
	healthpb.RegisterHealthServer(s.control, states)
	kvserver.Register(s.data, store)
	reflection.RegisterV1(s.data)
	lifecyclev1.RegisterLifecycleServer(s.control, lifecycle.New(id, r))
	return s
}

// close waits for the last answers, but not for long.
func (s servers) close() {
	var both sync.WaitGroup
	for _, server := range []*grpc.Server{s.data, s.control} {
		both.Go(func() {
			hurry := time.AfterFunc(closeTimeout, server.Stop)
			defer hurry.Stop()
			server.GracefulStop()
		})
	}
	both.Wait()
}

func listen(ctx context.Context, address, setting string) (net.Listener, error) {
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("cannot listen: %w; choose another address with %s", err, setting)
	}
	return netutil.LimitListener(l, maxConnections), nil
}
