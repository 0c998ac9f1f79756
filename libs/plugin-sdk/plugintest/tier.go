package plugintest

import (
	"os"
	"testing"
)

// Tests are in three tiers: -short runs what needs nothing but memory,
// USE_SQLITE=true adds what embeds its backend in the process of the test, and
// a full run adds what needs a server.

// Embedded marks a test that embeds a backend with a disk or a network.
func Embedded(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: embeds a backend")
	}
}

// Server marks a test that needs a real server.
func Server(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("-short: needs a server")
	}
	if embeddedOnly() {
		t.Skip("USE_SQLITE=true: needs a server")
	}
}

func embeddedOnly() bool { return os.Getenv("USE_SQLITE") == "true" }
