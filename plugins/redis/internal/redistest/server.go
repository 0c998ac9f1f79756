// Package redistest starts private Redis servers for tests.
package redistest

import (
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"

	"prism.internal/plugin-sdk/plugintest"
)

const patience = 20 * time.Second

// Server is a private server on a loopback port that it keeps when restarted.
type Server struct {
	t    *testing.T
	dir  string
	port string
	cmd  *exec.Cmd
	log  bytes.Buffer
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
	s := &Server{t: t, dir: t.TempDir(), port: freePort(t)}
	s.Restart()
	t.Cleanup(s.Kill)
	return s
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	_, port, _ := net.SplitHostPort(l.Addr().String())
	return port
}

// URL returns the address of the server.
func (s *Server) URL() string { return "redis://127.0.0.1:" + s.port }

// Restart kills the server, if it runs, and starts it again with what is on
// its disk, where every command goes before it is answered.
func (s *Server) Restart(options ...string) {
	s.t.Helper()
	s.Kill()
	s.log.Reset()
	s.cmd = exec.Command("redis-server", append([]string{
		"--bind", "127.0.0.1", "--port", s.port, "--dir", s.dir, "--save", "", "--appendonly", "yes", "--appendfsync", "always",
	}, options...)...)
	s.cmd.Stdout = &s.log
	// Servers must not outlive a test process that is killed.
	s.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := s.cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + s.port, MaxRetries: -1})
	defer client.Close()
	for deadline := time.Now().Add(patience); client.Ping(context.Background()).Err() != nil; {
		if time.Now().After(deadline) {
			s.t.Fatalf("redis-server does not answer: %s", s.log.String())
		}
		time.Sleep(5 * time.Millisecond) // between polls
	}
}

// Flush deletes all keys.
func (s *Server) Flush() {
	s.t.Helper()
	client := redis.NewClient(&redis.Options{Addr: "127.0.0.1:" + s.port, MaxRetries: -1})
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
