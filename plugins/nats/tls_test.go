package nats

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"prism.internal/plugin-sdk/conformance"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugin-sdk/plugintest"
	"prism.internal/plugins/nats/internal/natstest"
)

func TestTLS(t *testing.T) {
	server := natstest.StartTLS(t, plugintest.TrustedCertificate(t).Server)
	conformance.RunSetGet(t, ready(t, open(t, server.URL(), "prism")))
}

func TestStrangeCertificate(t *testing.T) {
	server := natstest.StartTLS(t, plugintest.StrangeCertificate(t).Server)
	s := open(t, server.URL(), "prism")
	plugintest.Eventually(t, func() error {
		err := s.Ping(t.Context())
		if !errors.Is(err, kv.ErrUnavailable) || !strings.Contains(err.Error(), "unknown authority") {
			return fmt.Errorf("Ping says %w; want unavailable, because of the authority", err)
		}
		return nil
	})
}
