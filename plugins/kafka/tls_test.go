package kafka

import (
	"errors"
	"strings"
	"testing"

	"github.com/twmb/franz-go/pkg/kfake"

	"prism.internal/plugin-sdk/conformance"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugin-sdk/plugintest"
)

func TestTLS(t *testing.T) {
	f := start(t, kfake.TLS(plugintest.TrustedCertificate(t).Server))
	conformance.RunSetGet(t, ready(t, openWith(t, configOf(t, "kafkas://"+f.address, "prism"))))
}

func TestStrangeCertificate(t *testing.T) {
	f := start(t, kfake.TLS(plugintest.StrangeCertificate(t).Server))
	err := openWith(t, configOf(t, "kafkas://"+f.address, "prism")).Ping(t.Context())
	if !errors.Is(err, kv.ErrUnavailable) || !strings.Contains(err.Error(), "unknown authority") {
		t.Errorf("Ping says %v; want unavailable, because of the authority", err)
	}
}
