package sdk

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"prism.internal/plugin-sdk/kv"
	keyvaluev1 "prism.internal/proto/keyvalue/v1"
	lifecyclev1 "prism.internal/proto/lifecycle/v1"
)

const patience = 20 * time.Second

// fake is a store whose Get runs get, and whose Ping returns down's error.
type fake struct {
	kv.Store
	get    func(ctx context.Context, key string) ([]byte, bool, error)
	down   atomic.Pointer[error]
	closed atomic.Bool
}

func (f *fake) Get(ctx context.Context, key string) ([]byte, bool, error) { return f.get(ctx, key) }

func (f *fake) Ping(context.Context) error {
	if err := f.down.Load(); err != nil {
		return *err
	}
	return nil
}

func (f *fake) Close() error {
	f.closed.Store(true)
	return nil
}

// running is a plugin that runs in this process.
type running struct {
	addr string
	ctrl string             // where Lifecycle is
	web  string             // where /metrics is
	stop context.CancelFunc // as SIGTERM
	exit chan int
	kv   keyvaluev1.KeyValueClient
	life lifecyclev1.LifecycleClient
	hc   healthpb.HealthClient
}

// start runs a plugin with the store and the extra arguments.
func start(t *testing.T, store *fake, args ...string) *running {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	r := &running{stop: stop, exit: make(chan int, 1)}
	p := Plugin{Name: "fake", Version: "1", Open: func(*slog.Logger) (kv.Store, error) { return store, nil }}
	args = append([]string{"--listen=127.0.0.1:0", "--health-interval=10ms"}, args...)
	log := &logReader{addr: make(chan string, 1)}
	done := make(chan struct{})
	go func() {
		r.exit <- p.run(ctx, args, func(string) string { return "" }, io.Discard, log)
		close(done)
	}()
	t.Cleanup(func() { stop(); <-done })
	select {
	case r.addr = <-log.addr:
	case <-time.After(patience):
		t.Fatal("the plugin does not listen")
	}
	r.ctrl, r.web = log.control, log.metrics
	conn := connect(t, r.addr)
	r.kv, r.hc = keyvaluev1.NewKeyValueClient(conn), healthpb.NewHealthClient(conn)
	r.life = lifecyclev1.NewLifecycleClient(connect(t, r.ctrl))
	return r
}

func connect(t *testing.T, addr string) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(addr, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// logReader takes the addresses from the log line "listening".
type logReader struct {
	addr    chan string
	control string
	metrics string
	once    sync.Once
}

func (l *logReader) Write(line []byte) (int, error) {
	var entry struct {
		Msg, Address string
		Control      string `json:"control_address"`
		Metrics      string `json:"metrics_address"`
	}
	if json.Unmarshal(line, &entry) == nil && entry.Msg == "listening" {
		l.once.Do(func() {
			l.control, l.metrics = entry.Control, entry.Metrics
			l.addr <- entry.Address
		})
	}
	return len(line), nil
}

func (r *running) waitHealth(t *testing.T, service string, want healthpb.HealthCheckResponse_ServingStatus) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	for {
		resp, err := r.hc.Check(ctx, &healthpb.HealthCheckRequest{Service: service}, grpc.WaitForReady(true))
		if err != nil {
			t.Fatalf("waiting for %s: %v", want, err)
		}
		if resp.Status == want {
			return
		}
		time.Sleep(time.Millisecond) // between polls
	}
}

func (r *running) waitExit(t *testing.T, want int) {
	t.Helper()
	select {
	case code := <-r.exit:
		if code != want {
			t.Errorf("exit status %d; want %d", code, want)
		}
	case <-time.After(patience):
		t.Fatal("the plugin does not end")
	}
}

// run returns what a command of the plugin prints.
func run(t *testing.T, env map[string]string, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	p := Plugin{Name: "fake", Version: "1.2.3", Settings: func(s *Settings) {
		s.AddSecret("DATABASE_URL", "where it is", Text(new(string)))
	}}
	code = p.run(t.Context(), args, func(name string) string { return env[name] }, &out, &errs)
	return code, out.String(), errs.String()
}

func TestCommands(t *testing.T) {
	if code, out, _ := run(t, nil, "--version"); code != exitOK || out != "plugin-fake 1.2.3\n" {
		t.Errorf("--version: %d, %q", code, out)
	}
	if code, out, _ := run(t, nil, "--help"); code != exitOK || !strings.Contains(out, "DATABASE_URL or DATABASE_URL_FILE, a file with it\n      where it is") {
		t.Errorf("--help: %d, %q", code, out)
	}
	code, _, errs := run(t, map[string]string{"PRISM_LISTEN": "x"})
	if code != exitUsage || !strings.Contains(errs, "DATABASE_URL") || !strings.Contains(errs, "PRISM_LISTEN") {
		t.Errorf("a wrong configuration: %d, %q", code, errs)
	}
	code, _, errs = run(t, map[string]string{"DATABASE_URL": "x", "PRISM_CONTROL_LISTEN": "x"})
	if code != exitUsage || !strings.Contains(errs, `PRISM_CONTROL_LISTEN: "x" is not host:port`) {
		t.Errorf("a wrong address for Lifecycle: %d, %q", code, errs)
	}
	if code, _, errs := run(t, nil, "health", "--listen=127.0.0.1:1"); code != exitFailure || errs == "" {
		t.Errorf("health without a plugin: %d, %q", code, errs)
	}
}
