package kafka

import (
	"log/slog"
	"net"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"prism.internal/plugin-sdk/plugintest"
)

// fake is a broker of this process on a loopback port that it keeps when
// restarted.
type fake struct {
	*kfake.Cluster
	options []kfake.Opt
	address string
}

func start(t *testing.T, options ...kfake.Opt) *fake {
	t.Helper()
	plugintest.Embedded(t)
	f := &fake{address: plugintest.FreeAddress(t)}
	_, port, err := net.SplitHostPort(f.address)
	if err != nil {
		t.Fatal(err)
	}
	number, err := strconv.Atoi(port)
	if err != nil {
		t.Fatal(err)
	}
	f.options = append(options, kfake.NumBrokers(1), kfake.Ports(number), kfake.DataDir(t.TempDir()))
	f.restart(t)
	t.Cleanup(func() { f.Close() })
	return f
}

func (f *fake) restart(t *testing.T) {
	t.Helper()
	var err error
	if f.Cluster, err = kfake.NewCluster(f.options...); err != nil {
		t.Fatal(err)
	}
}

func topicOf(t *testing.T) string { return strings.ReplaceAll(t.Name(), "/", "-") }

func configOf(t *testing.T, url, topic string) Config {
	t.Helper()
	c := Config{Topic: topic, MaxBytes: 64 << 20, ReapInterval: 10 * time.Millisecond}
	if err := c.parseURL(url); err != nil {
		t.Fatal(err)
	}
	return c
}

func openWith(t *testing.T, c Config) *Store {
	t.Helper()
	s := Open(c, slog.New(slog.DiscardHandler))
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func open(t *testing.T, address, topic string) *Store {
	t.Helper()
	return openWith(t, configOf(t, "kafka://"+address, topic))
}

func ready(t *testing.T, s *Store) *Store {
	t.Helper()
	plugintest.Eventually(t, func() error { return s.Ping(t.Context()) })
	return s
}

func adminOf(t *testing.T, f *fake) *kadm.Client {
	t.Helper()
	client, err := kgo.NewClient(kgo.SeedBrokers(f.address))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	return kadm.NewClient(client)
}
