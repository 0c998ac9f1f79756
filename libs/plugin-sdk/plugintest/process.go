// Package plugintest runs a plugin as the process that users run, and tests it
// by gRPC.
package plugintest

import (
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	keyvaluev1 "prism.internal/proto/keyvalue/v1"
)

const (
	patience = 30 * time.Second
	marker   = "PLUGIN_TEST_MAIN"
)

// Main is for TestMain: it makes the test binary the plugin for the processes
// that Command starts, and runs the tests otherwise.
func Main(m *testing.M, plugin func()) {
	if os.Getenv(marker) != "" {
		plugin()
	}
	os.Exit(m.Run())
}

// Command returns the plugin as a command with only these variables as its
// environment. It does not outlive a test process that is killed.
func Command(env []string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append([]string{marker + "=1"}, env...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// Start runs the plugin on a free port until the end of the test, at which
// SIGTERM has to end it well. It returns once the plugin's own health check
// succeeds.
func Start(t *testing.T, env ...string) keyvaluev1.KeyValueClient {
	t.Helper()
	address := FreeAddress(t)
	env = append(env, "PRISM_LISTEN="+address, "PRISM_HEALTH_INTERVAL=20ms")
	cmd := Command(env)
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM) // fails only if it has ended
		if err := cmd.Wait(); err != nil {
			t.Errorf("after SIGTERM: %v", err)
		}
	})
	for deadline := time.Now().Add(patience); ; time.Sleep(20 * time.Millisecond) {
		out, err := Command(env, "health").CombinedOutput()
		if err == nil {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited %s in vain for health: %s", patience, out)
		}
	}
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return keyvaluev1.NewKeyValueClient(conn)
}

// FreeAddress returns a loopback address on which nothing listens.
func FreeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}
