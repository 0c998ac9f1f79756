package sdk

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"prism.internal/plugin-sdk/internal/gate"
	"prism.internal/plugin-sdk/internal/health"
	"prism.internal/plugin-sdk/internal/lifecycle"
	"prism.internal/plugin-sdk/internal/metrics"
	"prism.internal/plugin-sdk/internal/web"
	keyvaluev1 "prism.internal/proto/keyvalue/v1"
	lifecyclev1 "prism.internal/proto/lifecycle/v1"
)

// serve runs the plugin until ctx ends or Lifecycle.Stop is called.
func serve(ctx context.Context, p Plugin, c config, log *slog.Logger) (err error) {
	data, err := listen(ctx, c.listen, "PRISM_LISTEN")
	if err != nil {
		return err
	}
	defer data.Close()
	control, err := listen(ctx, c.control, "PRISM_CONTROL_LISTEN")
	if err != nil {
		return err
	}
	defer control.Close()
	pages, err := listen(ctx, c.metrics, "PRISM_METRICS_LISTEN")
	if err != nil {
		return err
	}
	defer pages.Close()
	store, err := p.Open(log)
	if err != nil {
		return fmt.Errorf("cannot open the store: %w", err)
	}
	defer func() { err = errors.Join(err, store.Close()) }()

	name := keyvaluev1.KeyValue_ServiceDesc.ServiceName
	states := health.NewServer()
	states.Set(health.Serving, lifecyclev1.Lifecycle_ServiceDesc.ServiceName)
	r := &runner{
		log: log, config: c, gate: gate.New(), calls: metrics.NewCalls(), stop: make(chan time.Duration, 1),
		monitor: health.NewMonitor(states, store.Ping, c.interval, log, "", name),
	}
	servers := r.servers(store, states, lifecycle.Identity{
		Name: p.Name, Version: p.Version, Endpoint: data.Addr().String(),
		Interfaces: []string{name}, Started: time.Now(),
	})

	var background sync.WaitGroup
	defer background.Wait() // before store.Close: the monitor uses the store
	monitoring, stopMonitor := context.WithCancel(context.Background())
	defer stopMonitor()
	background.Go(func() { r.monitor.Run(monitoring) })

	failed := make(chan error, 2)
	go func() { failed <- servers.data.Serve(data) }()
	go func() { failed <- servers.control.Serve(control) }()
	go web.Serve(pages, r.pages(p))
	log.Info("listening", "address", data.Addr().String(), "control_address", control.Addr().String(),
		"metrics_address", pages.Addr().String(), "version", p.Version)

	timeout := c.drain
	select {
	case err := <-failed:
		return err
	case timeout = <-r.stop:
	case <-ctx.Done():
	}
	_, aborted := r.drain(context.Background(), timeout, "stopping", true)
	states.Close()
	servers.close()
	log.Info("stopped")
	if aborted > 0 {
		return fmt.Errorf("%d calls did not finish within %s", aborted, timeout)
	}
	return nil
}
