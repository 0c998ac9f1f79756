// Package redistest starts private Redis servers for tests.
package redistest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"

	"prism.internal/plugin-sdk/plugintest"
)

// Server is a private server on a loopback port that it keeps when restarted.
type Server struct {
	t       *testing.T
	dir     string
	address string
	cmd     *exec.Cmd
	log     bytes.Buffer
}

// Start starts a server that ends with the test. Without Redis on this machine
// the test is skipped, which in CI is a failure.
func Start(t *testing.T) *Server {
	t.Helper()
	plugintest.Server(t)
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("CI") == "true" {
			t.Fatal(err)
		}
		t.Skip("SKIPPED: redis-server is missing; install the package redis-server")
	}
	dir, err := plugintest.Directory()
	if err != nil {
		t.Fatal(err)
	}
	s := &Server{t: t, dir: dir, address: plugintest.FreeAddress(t)}
	t.Cleanup(func() {
		s.Kill()
		os.RemoveAll(dir) // a left-over directory must not fail a test
	})
	s.Restart()
	return s
}

// URL returns the address of the server.
func (s *Server) URL() string { return "redis://" + s.address }

// Restart kills the server, if it runs, and starts it again with what is on
// its disk, where every command goes before it is answered.
func (s *Server) Restart(options ...string) {
	s.t.Helper()
	s.Kill()
	s.log.Reset()
	host, port, err := net.SplitHostPort(s.address)
	if err != nil {
		s.t.Fatal(err)
	}
	s.cmd = exec.Command("redis-server", append([]string{
		"--bind", host, "--port", port, "--dir", s.dir, "--save", "", "--appendonly", "yes", "--appendfsync", "always",
	}, options...)...)
	s.cmd.Stdout = &s.log
	// Servers must not outlive a test process that is killed.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	client := s.client()
	defer client.Close()
	plugintest.Eventually(s.t, func() error {
		if err := client.Ping(context.Background()).Err(); err != nil {
			return fmt.Errorf("%w: %s", err, s.log.String())
		}
		return nil
	})
}

func (s *Server) client() *redis.Client {
	return redis.NewClient(&redis.Options{Addr: s.address, MaxRetries: -1})
}

// Flush deletes all keys.
func (s *Server) Flush() {
	s.t.Helper()
	client := s.client()
	defer client.Close()
	if err := client.FlushDB(s.t.Context()).Err(); err != nil {
		s.t.Fatal(err)
	}
}

// Kill ends the server at once, as a crash would.
func (s *Server) Kill() {
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Kill() // fails only if it has ended
	s.cmd.Wait()         // how it ended is in its log
	s.cmd = nil
}
