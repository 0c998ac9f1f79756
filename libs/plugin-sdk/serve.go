package sdk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"sync"
	"time"

	"google.golang.org/grpc"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"prism.internal/plugin-sdk/internal/gate"
	"prism.internal/plugin-sdk/internal/health"
	"prism.internal/plugin-sdk/internal/kvserver"
	"prism.internal/plugin-sdk/internal/lifecycle"
	keyvaluev1 "prism.internal/proto/keyvalue/v1"
	lifecyclev1 "prism.internal/proto/lifecycle/v1"
)

// How long connections get for goodbyes once no call of the data plane runs.
const closeTimeout = time.Second

// serve runs the plugin until ctx ends or Lifecycle.Stop is called.
func serve(ctx context.Context, p Plugin, c config, log *slog.Logger) (err error) {
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", c.listen)
	if err != nil {
		return fmt.Errorf("cannot listen: %w; choose another address with PRISM_LISTEN", err)
	}
	defer listener.Close()
	store, err := p.Open(log)
	if err != nil {
		return fmt.Errorf("cannot open the store: %w", err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()

	data := keyvaluev1.KeyValue_ServiceDesc.ServiceName
	states := health.NewServer()
	states.Set(health.Serving, lifecyclev1.Lifecycle_ServiceDesc.ServiceName)
	r := &runner{
		log: log, config: c, gate: gate.New(), stop: make(chan time.Duration, 1),
		monitor: health.NewMonitor(states, store.Ping, c.interval, log, "", data),
	}
	server := grpc.NewServer(grpc.UnaryInterceptor(r.intercept))
	healthpb.RegisterHealthServer(server, states)
	keyvaluev1.RegisterKeyValueServer(server, kvserver.New(store))
	lifecyclev1.RegisterLifecycleServer(server, lifecycle.New(lifecycle.Identity{
		Name: p.Name, Version: p.Version, Endpoint: listener.Addr().String(),
		Interfaces: []string{data}, Started: time.Now(),
	}, r))

	var background sync.WaitGroup
	defer background.Wait() // before store.Close: the monitor uses the store
	monitoring, stopMonitor := context.WithCancel(context.Background())
	defer stopMonitor()
	background.Go(func() { r.monitor.Run(monitoring) })

	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	log.Info("listening", "address", listener.Addr().String(), "version", p.Version)

	timeout := c.drain
	select {
	case err := <-failed:
		return err
	case timeout = <-r.stop:
	case <-ctx.Done():
	}
	_, aborted := r.drain(context.Background(), timeout, "stopping", true)
	states.Close()
	closeServer(server)
	log.Info("stopped")
	if aborted > 0 {
		return fmt.Errorf("%d calls did not finish within %s", aborted, timeout)
	}
	return nil
}

func closeServer(server *grpc.Server) {
	hurry := time.AfterFunc(closeTimeout, server.Stop)
	defer hurry.Stop()
	server.GracefulStop()
}
