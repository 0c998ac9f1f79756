package main

import (
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/status"

	keyvaluev1 "prism.internal/proto/keyvalue/v1"
)

const patience = 30 * time.Second

// TestMain makes this test binary the plugin for the processes that tests start.
func TestMain(m *testing.M) {
	if os.Getenv("PLUGIN_TEST_MAIN") != "" {
		main()
	}
	os.Exit(m.Run())
}

func plugin(t *testing.T, env []string, args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append([]string{"PLUGIN_TEST_MAIN=1"}, env...)
	cmd.Stderr = t.Output()
	return cmd
}

// start runs the plugin as a process of its own, which has to end well.
func start(t *testing.T) keyvaluev1.KeyValueClient {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := l.Addr().String()
	l.Close()
	env := []string{"PRISM_LISTEN=" + address}
	cmd := plugin(t, env)
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cmd.Process.Signal(syscall.SIGTERM)
		if err := cmd.Wait(); err != nil {
			t.Errorf("after SIGTERM: %v", err)
		}
	})
	for deadline := time.Now().Add(patience); plugin(t, env, "health").Run() != nil; {
		if time.Now().After(deadline) {
			t.Fatalf("waited %s in vain for health", patience)
		}
		time.Sleep(20 * time.Millisecond) // between polls
	}
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	return keyvaluev1.NewKeyValueClient(conn)
}

func TestPluginIsHealthyAndUnimplemented(t *testing.T) {
	client := start(t)
	_, err := client.Set(t.Context(), &keyvaluev1.SetRequest{Key: "a", Value: []byte("1")})
	if status.Code(err) != codes.Unimplemented {
		t.Errorf("Set: %v", err)
	}
}
