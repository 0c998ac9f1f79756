// Package redistest starts private Redis servers for tests.
package redistest

import (
	"context"
	"crypto/tls"
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
	secure  *plugintest.Certificate // of a server that speaks TLS only
}

// Start starts a server that ends with the test. Without Redis on this machine
// the test is skipped, which in CI is a failure.
func Start(t *testing.T) *Server {
	t.Helper()
	return plugintest.Own(t, func() (*Server, error) { return start(t, nil) })
}

// StartTLS starts a server of this machine that speaks TLS only.
func StartTLS(t *testing.T, certificate plugintest.Certificate) *Server {
	t.Helper()
	return plugintest.Own(t, func() (*Server, error) { return start(t, &certificate) })
}

func start(t *testing.T, secure *plugintest.Certificate) (_ *Server, err error) {
	s := &Server{t: t, address: plugintest.FreeAddress(t), secure: secure}
	s.Name, s.Ready, s.Process, s.Crash = "Redis", s.ping, s.command, syscall.SIGKILL
	if plugintest.Containers() && secure == nil {
		s.Container = plugintest.NewContainer("localhost/prism/base-redis", nil, s.settings()...)
	} else {
		err = s.prepare()
	}
	if err == nil {
		err = s.Backend.Restart()
	}
	if err != nil {
		s.Remove()
		return nil, err
	}
	return s, nil
}

// prepare makes what a process needs.
func (s *Server) prepare() (err error) {
	if _, err := exec.LookPath("redis-server"); err != nil {
		return plugintest.Missing("redis-server is missing; install the package redis-server")
	}
	s.Dir, err = plugintest.Directory()
	return err
}

// URL returns the address of the server.
func (s *Server) URL() string {
	if s.secure != nil {
		return "rediss://" + s.address
	}
	return "redis://" + s.address
}

// Restart kills the server, if it runs, and starts it again with what is on
// its disk.
func (s *Server) Restart() {
	s.t.Helper()
	if err := s.Backend.Restart(); err != nil {
		s.t.Fatal(err)
	}
}

// Configure sets a parameter of the running server.
func (s *Server) Configure(parameter, value string) {
	s.t.Helper()
	client := s.client()
	defer client.Close()
	if err := client.ConfigSet(s.t.Context(), parameter, value).Err(); err != nil {
		s.t.Fatal(err)
	}
}

func (s *Server) command() (*exec.Cmd, error) {
	return exec.Command("redis-server", append(s.settings(), "--dir", s.Dir)...), nil
}

// settings returns the arguments of every server. It writes a change to its log
// before it answers, but does not wait for the disk: a killed server loses
// nothing that way, only a machine does.
func (s *Server) settings() []string {
	host, port, _ := net.SplitHostPort(s.address)
	settings := []string{"--bind", host, "--save", "", "--appendonly", "yes", "--appendfsync", "no"}
	if s.secure == nil {
		return append(settings, "--port", port)
	}
	return append(settings, "--port", "0", "--tls-port", port, "--tls-auth-clients", "no",
		"--tls-cert-file", s.secure.Cert, "--tls-key-file", s.secure.Key)
}

func (s *Server) ping(ctx context.Context) error {
	client := s.client()
	defer client.Close()
	return client.Ping(ctx).Err()
}

func (s *Server) client() *redis.Client {
	options := &redis.Options{Addr: s.address, MaxRetries: -1}
	if s.secure != nil {
		options.TLSConfig = &tls.Config{InsecureSkipVerify: true} // whose certificate it is does not matter here
	}
	return redis.NewClient(options)
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
