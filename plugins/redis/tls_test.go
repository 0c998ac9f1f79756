package redis

import (
	"errors"
	"strings"
	"testing"

	"prism.internal/plugin-sdk/conformance"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugin-sdk/plugintest"
	"prism.internal/plugins/redis/internal/redistest"
)

func TestTLS(t *testing.T) {
	server := redistest.StartTLS(t, plugintest.TrustedCertificate(t))
	conformance.RunSetGet(t, open(t, server.URL()))
}

func TestStrangeCertificate(t *testing.T) {
	server := redistest.StartTLS(t, plugintest.StrangeCertificate(t))
	err := open(t, server.URL()).Ping(t.Context())
	if !errors.Is(err, kv.ErrUnavailable) || !strings.Contains(err.Error(), "unknown authority") {
		t.Errorf("Ping says %v; want unavailable, because of the authority", err)
	}
}
