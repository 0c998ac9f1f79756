// Package plugintest runs a plugin as the process that users run, and tests it
// by gRPC.
package plugintest

import (
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	keyvaluev1 "prism.internal/proto/keyvalue/v1"
)

const marker = "PLUGIN_TEST_MAIN"

// foreign is the variable with the command of a plugin in any language, its
// words separated by spaces: the tests start it instead of their own plugin.
const foreign = "PLUGIN_COMMAND"

// Main is for TestMain: it makes the test binary the plugin for the processes
// that Command starts, and runs the tests otherwise.
func Main(m *testing.M, plugin func()) {
	Become(plugin)
	os.Exit(m.Run())
}

// Become runs plugin, which does not return, if Command started this process.
func Become(plugin func()) {
	if os.Getenv(marker) != "" {
		plugin()
	}
}

// Command returns the plugin as a command with only these variables as its
// environment; a plugin of another language keeps those of the test as well. It
// does not outlive a test process that is killed.
func Command(env []string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append([]string{marker + "=1"}, env...)
	if words := strings.Fields(os.Getenv(foreign)); len(words) > 0 {
		cmd = exec.Command(words[0], append(words[1:], args...)...)
		cmd.Env = append(os.Environ(), env...)
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}

// Launch runs the plugin on a free port until the end of the test, at which
// SIGTERM has to end it well. It returns the port's address at once.
func Launch(t *testing.T, env ...string) (address string) {
	t.Helper()
	address = FreeAddress(t)
	cmd := Command(append(env, listen(address), "PRISM_HEALTH_INTERVAL=20ms"))
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
	return address
}

func listen(address string) string { return "PRISM_LISTEN=" + address }

// AwaitServing waits until the health command of the plugin at address succeeds.
func AwaitServing(t *testing.T, address string) {
	t.Helper()
	Eventually(t, func() error {
		out, err := Command([]string{listen(address)}, "health").CombinedOutput()
		if err != nil {
			return fmt.Errorf("health: %w: %s", err, out)
		}
		return nil
	})
}

// AwaitNotServing waits until the health command of the plugin at address
// fails because its backend is down.
func AwaitNotServing(t *testing.T, address string) {
	t.Helper()
	Eventually(t, func() error {
		out, err := Command([]string{listen(address)}, "health").CombinedOutput()
		if err == nil || !strings.Contains(string(out), "NOT_SERVING") {
			return fmt.Errorf("health: %v: %s; want NOT_SERVING", err, out)
		}
		return nil
	})
}

// Start is Launch, and returns a client once the plugin is healthy.
func Start(t *testing.T, env ...string) keyvaluev1.KeyValueClient {
	t.Helper()
	address := Launch(t, env...)
	AwaitServing(t, address)
	return keyvaluev1.NewKeyValueClient(Connect(t, address))
}

// Connect returns a connection that is closed at the end of the test.
func Connect(t *testing.T, address string) *grpc.ClientConn {
	t.Helper()
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return conn
}

// FreeAddress returns a loopback address on which nothing listens.
func FreeAddress(t *testing.T) string {
	t.Helper()
	address, err := FindAddress()
	if err != nil {
		t.Fatal(err)
	}
	return address
}

// FindAddress is FreeAddress outside of a test.
func FindAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}
