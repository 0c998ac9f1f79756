// Package redistest starts private Redis servers for tests.
package redistest

import (
	"context"
	"net"
	"os/exec"
	"syscall"
	"testing"

	"github.com/redis/go-redis/v9"

	"prism.internal/plugin-sdk/plugintest"
)

// Server is a private server on a loopback port that it keeps when restarted.
type Server struct {
	plugintest.Backend
	t       *testing.T
	address string
	options []string
}

// Start starts a server that ends with the test. Without Redis on this machine
// the test is skipped, which in CI is a failure.
func Start(t *testing.T) *Server {
	t.Helper()
	return plugintest.Own(t, func() (*Server, error) { return start(t) })
}

func start(t *testing.T) (*Server, error) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		return nil, plugintest.Missing("redis-server is missing; install the package redis-server")
	}
	dir, err := plugintest.Directory()
	if err != nil {
		return nil, err
	}
	s := &Server{t: t, address: plugintest.FreeAddress(t)}
	s.Name, s.Ready, s.Process, s.Crash, s.Dir = "Redis", s.ping, s.command, syscall.SIGKILL, dir
	if err := s.Backend.Restart(); err != nil {
		s.Remove()
		return nil, err
	}
	return s, nil
}

// URL returns the address of the server.
func (s *Server) URL() string { return "redis://" + s.address }

// Restart kills the server, if it runs, and starts it again with what is on
// its disk, where every command goes before it is answered.
func (s *Server) Restart(options ...string) {
	s.t.Helper()
	s.options = options
	if err := s.Backend.Restart(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *Server) command() (*exec.Cmd, error) {
	host, port, err := net.SplitHostPort(s.address)
	return exec.Command("redis-server", append([]string{
		"--bind", host, "--port", port, "--dir", s.Dir, "--save", "", "--appendonly", "yes", "--appendfsync", "always",
	}, s.options...)...), err
}

func (s *Server) ping(ctx context.Context) error {
	client := s.client()
	defer client.Close()
	return client.Ping(ctx).Err()
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
