package main

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"prism.internal/plugins/postgres/internal/pgtest"
)

const patience = 30 * time.Second

// TestMain makes this test binary the plugin for the processes that tests start.
func TestMain(m *testing.M) {
	if os.Getenv("PLUGIN_TEST_MAIN") != "" {
		main()
	}
	pgtest.Main(m)
}

func plugin(t *testing.T, env []string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = append([]string{"PLUGIN_TEST_MAIN=1"}, env...)
	return cmd
}

func TestMissingURL(t *testing.T) {
	out, err := plugin(t, nil).CombinedOutput()
	if err == nil || err.Error() != "exit status 2" || !strings.Contains(string(out), "DATABASE_URL: is missing; set it") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestWrongURLDoesNotShowThePassword(t *testing.T) {
	out, err := plugin(t, []string{"DATABASE_URL=postgres://me:s3cr%t@host/db"}).CombinedOutput()
	if err == nil || err.Error() != "exit status 2" || strings.Contains(string(out), "s3cr") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestPluginStartsBeforeTheDatabase(t *testing.T) {
	server := pgtest.Own(t)
	listen := "PRISM_LISTEN=" + freeAddress(t)
	server.Kill()
	cmd := plugin(t, []string{listen, "DATABASE_URL=" + server.URL("postgres"), "PRISM_HEALTH_INTERVAL=50ms"})
	cmd.Stderr = t.Output()
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	waitHealth(t, listen, "NOT_SERVING")
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	waitHealth(t, listen, "")
	server.Kill()
	waitHealth(t, listen, "NOT_SERVING")
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	if err := cmd.Wait(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}

// waitHealth runs the health command until it prints want, or exits 0 if that
// is empty.
func waitHealth(t *testing.T, listen, want string) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; {
		out, err := plugin(t, []string{listen}, "health").CombinedOutput()
		if want == "" && err == nil || want != "" && strings.Contains(string(out), want) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited %s in vain for %q: %v, %s", patience, want, err, out)
		}
		time.Sleep(20 * time.Millisecond) // between polls
	}
}

func freeAddress(t *testing.T) string {
	t.Helper()
	address, err := pgtest.FreeAddress()
	if err != nil {
		t.Fatal(err)
	}
	return address
}
