package kafkatest

import (
	"testing"

	"prism.internal/plugin-sdk/plugintest"
)

var shared = plugintest.NewShared(Start)

// Main runs a package's tests and removes what they shared.
func Main(m *testing.M) { shared.Main(m) }

// Shared returns the broker that the tests of the package share; each uses a
// topic of its own.
func Shared(t *testing.T) *Server {
	t.Helper()
	return shared.Get(t)
}

// Own starts a broker that the test may kill.
func Own(t *testing.T) *Server {
	t.Helper()
	return plugintest.Own(t, Start)
}
