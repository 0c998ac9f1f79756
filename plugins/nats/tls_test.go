package nats

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugin-sdk/plugintest"
	"prism.internal/plugins/nats/internal/natstest"
)

func TestTLS(t *testing.T) {
	server := natstest.StartTLS(t, plugintest.TrustedCertificate(t).Server)
	s := ready(t, open(t, server.URLOfTLS(), "prism"))
	if err := s.Set(t.Context(), "key", []byte("value"), 0); err != nil {
		t.Fatal(err)
	}
	value, found, err := s.Get(t.Context(), "key")
	if err != nil || !found || string(value) != "value" {
		t.Errorf("%q, %t, %v", value, found, err)
	}
}

func TestStrangeCertificate(t *testing.T) {
	server := natstest.StartTLS(t, plugintest.StrangeCertificate(t).Server)
	s := open(t, server.URLOfTLS(), "prism")
	plugintest.Eventually(t, func() error {
		err := s.Ping(t.Context())
		if !errors.Is(err, kv.ErrUnavailable) || !strings.Contains(err.Error(), "unknown authority") {
			return fmt.Errorf("Ping says %w; want unavailable, because of the authority", err)
		}
		return nil
	})
}
