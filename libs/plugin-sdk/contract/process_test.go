package contract

import (
	"bytes"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	"prism.internal/plugin-sdk/plugintest"
	keyvaluev1 "prism.internal/proto/keyvalue/v1"
)

// run returns what a command of the plugin says and its exit status.
func run(t *testing.T, env []string, args ...string) (code int, output string) {
	t.Helper()
	cmd := plugintest.Command(env, args...)
	out, err := cmd.CombinedOutput()
	if cmd.ProcessState == nil {
		t.Fatal(err)
	}
	return cmd.ProcessState.ExitCode(), string(bytes.TrimSpace(out))
}

func TestCommands(t *testing.T) {
	t.Parallel()
	code, version := run(t, nil, "--version")
	if words := strings.Fields(version); code != 0 || len(words) != 2 || !strings.HasPrefix(words[0], "plugin-") {
		t.Errorf("--version: %d %q", code, version)
	}
	code, help := run(t, nil, "--help")
	for _, setting := range []string{
		"PRISM_LISTEN, --listen (default 127.0.0.1:50100)", "PRISM_CONTROL_LISTEN, --control-listen (default 127.0.0.1:0)",
		"PRISM_METRICS_LISTEN, --metrics-listen (default 127.0.0.1:0)", "PRISM_LOG_LEVEL, --log-level (default info)",
		"PRISM_DRAIN_TIMEOUT, --drain-timeout (default 30s)", "PRISM_HEALTH_INTERVAL, --health-interval (default 1s)",
		"PRISM_CALL_TIMEOUT, --call-timeout (default 10s)",
	} {
		if code != 0 || !strings.Contains(help, setting) {
			t.Errorf("--help lacks %q: %d\n%s", setting, code, help)
		}
	}
}

func TestAWrongConfigurationIsSaidWhole(t *testing.T) {
	t.Parallel()
	code, said := run(t, []string{"PRISM_LISTEN=x", "PRISM_METRICS_LISTEN=x"}, "--log-level=x", "--other=1")
	if code != 2 {
		t.Errorf("exit status %d", code)
	}
	for _, name := range []string{"PRISM_LISTEN: ", "PRISM_METRICS_LISTEN: ", "--log-level: ", "--other: "} {
		if !strings.Contains(said, "\n"+name) {
			t.Errorf("%s is not said:\n%s", name, said)
		}
	}
}

func TestAnAddressThatIsTaken(t *testing.T) {
	t.Parallel()
	p := start(t)
	for _, setting := range []string{"PRISM_LISTEN", "PRISM_CONTROL_LISTEN", "PRISM_METRICS_LISTEN"} {
		code, said := run(t, []string{"PRISM_LISTEN=127.0.0.1:0", setting + "=" + p.address})
		if code != 1 || !strings.Contains(said, setting) {
			t.Errorf("%s: exit status %d\n%s", setting, code, said)
		}
	}
	if code, said := run(t, []string{"PRISM_LISTEN=" + plugintest.FreeAddress(t)}, "health"); code != 1 || said == "" {
		t.Errorf("health of nothing: exit status %d, %q", code, said)
	}
}

// Calls during SIGTERM are answered, or refused so that clients try another
// plugin; streams without an end hold up nothing.
func TestTheEndUnderLoad(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	var watch healthpb.Health_WatchClient
	ran := t.Run("load", func(inner *testing.T) {
		p := start(inner, "PRISM_DRAIN_TIMEOUT=10s")
		// Of the outer test: SIGTERM comes before it is closed.
		p.conn = plugintest.Connect(t, p.address)
		p.list(t)
		var err error
		if watch, err = healthpb.NewHealthClient(p.conn).Watch(t.Context(), &healthpb.HealthCheckRequest{}); err != nil {
			inner.Fatal(err)
		}
		if first, err := watch.Recv(); err != nil || first.Status != healthpb.HealthCheckResponse_SERVING {
			inner.Fatalf("Watch: %v, %v", first, err)
		}
		go func() {
			client, err := keyvaluev1.NewKeyValueClient(p.conn), error(nil)
			for err == nil {
				_, err = client.Set(t.Context(), &keyvaluev1.SetRequest{Key: "k", Value: []byte("v")})
			}
			ended <- err
		}()
	})
	if !ran {
		return
	}
	wantCode(t, "the last call", <-ended, codes.Unavailable)
	last, err := watch.Recv()
	if err == nil && last.Status != healthpb.HealthCheckResponse_NOT_SERVING {
		t.Errorf("Watch at the end: %v", last)
	}
}
