package sdk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"testing"
	"time"

	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/status"

	"prism.internal/plugin-sdk/kv"
	keyvaluev1 "prism.internal/proto/keyvalue/v1"
	lifecyclev1 "prism.internal/proto/lifecycle/v1"
)

const data = "prism.keyvalue.v1.KeyValue"

// blocking returns a store whose calls signal entered and last until release
// is closed or their context ends.
func blocking() (f *fake, entered, release chan struct{}) {
	entered, release = make(chan struct{}), make(chan struct{})
	f = &fake{get: func(ctx context.Context, _ string) ([]byte, bool, error) {
		entered <- struct{}{}
		select {
		case <-release:
			return []byte("done"), true, nil
		case <-ctx.Done():
			return nil, false, ctx.Err()
		}
	}}
	return f, entered, release
}

// get starts a call and returns where its outcome will be.
func (r *running) get(ctx context.Context) <-chan error {
	result := make(chan error, 1)
	go func() {
		_, err := r.kv.Get(ctx, &keyvaluev1.GetRequest{Key: "k"})
		result <- err
	}()
	return result
}

// refusal calls until a call does not enter the store: the gate closes a moment
// after health says so.
func (r *running) refusal(t *testing.T, entered <-chan struct{}) error {
	t.Helper()
	for {
		select {
		case err := <-r.get(t.Context()):
			return err
		case <-entered:
		}
	}
}

func wantCode(t *testing.T, err error, want codes.Code) {
	t.Helper()
	if got := status.Code(err); got != want {
		t.Errorf("%v; want %s", err, want)
	}
}

func TestHealthFollowsTheBackend(t *testing.T) {
	store := &fake{}
	down := errors.New("down")
	store.down.Store(&down)
	r := start(t, store)
	r.waitHealth(t, "", healthpb.HealthCheckResponse_NOT_SERVING)
	for _, serving := range []bool{true, false, true} {
		want := healthpb.HealthCheckResponse_SERVING
		store.down.Store(nil)
		if !serving {
			want = healthpb.HealthCheckResponse_NOT_SERVING
			store.down.Store(&down)
		}
		r.waitHealth(t, "", want)
		r.waitHealth(t, data, want)
		probe := Plugin{Name: "fake"}.health(t.Context(), []string{"--listen", r.addr}, func(string) string { return "" }, t.Output())
		if (probe == exitOK) != serving {
			t.Errorf("serving %t: the health command exits %d", serving, probe)
		}
	}
	r.stop()
	r.waitExit(t, exitOK)
	if !store.closed.Load() {
		t.Error("the store is not closed")
	}
}

func TestErrorsOfTheStore(t *testing.T) {
	var err error
	r := start(t, &fake{get: func(context.Context, string) ([]byte, bool, error) {
		if err == nil {
			panic("of the test")
		}
		return nil, false, err
	}})
	for _, test := range []struct {
		err  error
		want codes.Code
	}{
		{fmt.Errorf("x: %w", kv.ErrUnavailable), codes.Unavailable},
		{fmt.Errorf("x: %w", context.DeadlineExceeded), codes.DeadlineExceeded},
		{errors.New("secret"), codes.Internal},
		{nil, codes.Internal},
	} {
		err = test.err
		wantCode(t, <-r.get(t.Context()), test.want)
	}
}

func TestCallTimeout(t *testing.T) {
	store, entered, _ := blocking()
	r := start(t, store, "--call-timeout=10ms")
	result := r.get(t.Context())
	<-entered
	wantCode(t, <-result, codes.DeadlineExceeded)
}

func TestGracefulStop(t *testing.T) {
	store, entered, release := blocking()
	r := start(t, store)
	r.waitHealth(t, "", healthpb.HealthCheckResponse_SERVING)
	watch, err := r.hc.Watch(t.Context(), &healthpb.HealthCheckRequest{})
	if err != nil {
		t.Fatal(err)
	}
	result := r.get(t.Context())
	<-entered
	r.stop()
	r.waitHealth(t, "", healthpb.HealthCheckResponse_NOT_SERVING)
	wantCode(t, r.refusal(t, entered), codes.Unavailable)
	if store.closed.Load() {
		t.Error("the store is closed during a call")
	}
	close(release)
	if err := <-result; err != nil {
		t.Errorf("the call in flight: %v", err)
	}
	r.waitExit(t, exitOK)
	for err == nil { // Watch does not hold up the end
		_, err = watch.Recv()
	}
	wantCode(t, err, codes.Unavailable)
}

func TestDrainTimeoutAbortsCalls(t *testing.T) {
	store, entered, _ := blocking()
	r := start(t, store, "--drain-timeout=20ms")
	result := r.get(t.Context())
	<-entered
	r.stop()
	wantCode(t, <-result, codes.Unavailable)
	r.waitExit(t, exitFailure)
}

func TestLifecycle(t *testing.T) {
	store, entered, release := blocking()
	r := start(t, store)
	r.waitHealth(t, "", healthpb.HealthCheckResponse_SERVING)
	init, err := r.life.Initialize(t.Context(), &lifecyclev1.InitializeRequest{Name: "fake"})
	if err != nil || len(init.Interfaces) != 1 || init.Interfaces[0] != data {
		t.Errorf("Initialize = %v, %v", init, err)
	}
	_, err = r.life.Initialize(t.Context(), &lifecyclev1.InitializeRequest{Name: "other"})
	wantCode(t, err, codes.InvalidArgument)

	slow := r.get(t.Context())
	<-entered
	drained, err := r.life.Drain(t.Context(), &lifecyclev1.DrainRequest{TimeoutMs: 10})
	if err != nil || drained.Drained != 0 || drained.Aborted != 1 {
		t.Errorf("Drain = %v, %v", drained, err)
	}
	wantCode(t, <-slow, codes.Unavailable)
	wantCode(t, <-r.get(t.Context()), codes.Unavailable)
	r.waitHealth(t, data, healthpb.HealthCheckResponse_NOT_SERVING)
	check, err := r.life.HealthCheck(t.Context(), &lifecyclev1.HealthCheckRequest{})
	if err != nil || check.Status != lifecyclev1.HealthCheckResponse_STATUS_DEGRADED {
		t.Errorf("HealthCheck = %v, %v", check, err)
	}

	started, err := r.life.Start(t.Context(), &lifecyclev1.StartRequest{})
	if err != nil || started.DataEndpoint != r.addr {
		t.Errorf("Start = %v, %v", started, err)
	}
	r.waitHealth(t, data, healthpb.HealthCheckResponse_SERVING)
	close(release)
	again := r.get(t.Context())
	<-entered
	wantCode(t, <-again, codes.OK)

	if _, err := r.life.Stop(t.Context(), &lifecyclev1.StopRequest{TimeoutMs: time.Minute.Milliseconds()}); err != nil {
		t.Error(err)
	}
	r.waitExit(t, exitOK)
}

// Clients that reach only the data port, as those of the proxy, cannot stop the plugin.
func TestLifecycleIsApartFromTheData(t *testing.T) {
	r := start(t, &fake{})
	r.waitHealth(t, data, healthpb.HealthCheckResponse_SERVING)
	life := lifecyclev1.NewLifecycleClient(connect(t, r.addr))
	_, stop := life.Stop(t.Context(), &lifecyclev1.StopRequest{})
	_, drain := life.Drain(t.Context(), &lifecyclev1.DrainRequest{})
	_, health := life.HealthCheck(t.Context(), &lifecyclev1.HealthCheckRequest{})
	for _, err := range []error{stop, drain, health} {
		wantCode(t, err, codes.Unimplemented)
	}
	_, err := keyvaluev1.NewKeyValueClient(connect(t, r.ctrl)).Get(t.Context(), &keyvaluev1.GetRequest{Key: "k"})
	wantCode(t, err, codes.Unimplemented)
	if host, _, err := net.SplitHostPort(r.ctrl); err != nil || !net.ParseIP(host).IsLoopback() {
		t.Errorf("Lifecycle listens on %s; want loopback", r.ctrl)
	}
	r.waitHealth(t, data, healthpb.HealthCheckResponse_SERVING)
}

func TestLifecycleAnswersWhileTheLastCallsFinish(t *testing.T) {
	store, entered, release := blocking()
	r := start(t, store)
	result := r.get(t.Context())
	<-entered
	if _, err := r.life.Stop(t.Context(), &lifecyclev1.StopRequest{TimeoutMs: time.Minute.Milliseconds()}); err != nil {
		t.Fatal(err)
	}
	r.waitHealth(t, data, healthpb.HealthCheckResponse_NOT_SERVING)
	check, err := r.life.HealthCheck(t.Context(), &lifecyclev1.HealthCheckRequest{})
	if err != nil || check.Details["in_flight"] != "1" {
		t.Errorf("HealthCheck = %v, %v", check, err)
	}
	close(release)
	wantCode(t, <-result, codes.OK)
	r.waitExit(t, exitOK)
}

func TestTwoListenersCannotHaveOneAddress(t *testing.T) {
	r := start(t, &fake{})
	p := Plugin{Name: "other", Open: func(*slog.Logger) (kv.Store, error) { return &fake{}, nil }}
	var log bytes.Buffer
	args := []string{"--listen=127.0.0.1:0", "--control-listen=" + r.addr}
	code := p.run(t.Context(), args, func(string) string { return "" }, io.Discard, &log)
	if code != exitFailure || !strings.Contains(log.String(), "PRISM_CONTROL_LISTEN") {
		t.Errorf("exit status %d, %s", code, &log)
	}
}
