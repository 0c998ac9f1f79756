// Package natstest starts private NATS servers with JetStream for tests.
package natstest

import (
	"crypto/tls"
	"testing"

	"prism.internal/plugin-sdk/plugintest"
)

// maxPayload is what the plugin needs, in bytes.
const maxPayload = 5_000_000

// Server is a private server on a loopback port that it keeps when restarted.
type Server struct {
	backend
	t       *testing.T
	address string
	scheme  string
}

// backend is a server in the process of the test or in a container.
type backend interface {
	Restart() error
	Kill()
	Remove()
}

// Start starts a server that takes messages of 5 MB and ends with the test.
func Start(t *testing.T) *Server {
	t.Helper()
	return start(t, maxPayload)
}

// StartUnconfigured starts a server that takes messages of 1 MB, which is the
// server's default.
func StartUnconfigured(t *testing.T) *Server {
	t.Helper()
	return start(t, 0, "-c", "") // without the file of the image
}

// StartTLS starts a server in this process that speaks TLS only.
func StartTLS(t *testing.T, secure *tls.Config) *Server {
	t.Helper()
	return run(t, "tls", func(address string) backend { return embed(address, t.TempDir(), maxPayload, secure) })
}

// start uses maxPayload for a server in this process, and args for one in a
// container.
func start(t *testing.T, maxPayload int32, args ...string) *Server {
	t.Helper()
	return run(t, "nats", func(address string) backend {
		if plugintest.Containers() {
			return contain(address, args)
		}
		return embed(address, t.TempDir(), maxPayload, nil)
	})
}

func run(t *testing.T, scheme string, newBackend func(address string) backend) *Server {
	t.Helper()
	plugintest.Embedded(t)
	s := &Server{t: t, address: plugintest.FreeAddress(t), scheme: scheme}
	s.backend = newBackend(s.address)
	t.Cleanup(s.Remove)
	s.Restart()
	return s
}

// URL returns the address of the server.
func (s *Server) URL() string { return s.scheme + "://" + s.address }

// Restart kills the server, if it runs, and starts it again with what is on its
// disk.
func (s *Server) Restart() {
	s.t.Helper()
	if err := s.backend.Restart(); err != nil {
		s.t.Fatal(err)
	}
}
