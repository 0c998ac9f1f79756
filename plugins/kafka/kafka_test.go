package kafka

import (
	"errors"
	"testing"

	"prism.internal/plugin-sdk/conformance"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugins/kafka/internal/kafkatest"
)

func TestMain(m *testing.M) { kafkatest.Main(m) }

func TestConformanceWithKafka(t *testing.T) {
	broker := kafkatest.Shared(t)
	conformance.Run(t, func(t *testing.T) kv.Store {
		return ready(t, openWith(t, configOf(t, broker.URL(), topicOf(t))))
	})
}

// TestKafkaCrashes kills a real broker: what it acknowledged is there afterwards.
func TestKafkaCrashes(t *testing.T) {
	t.Parallel() // it waits most of the time
	broker := kafkatest.Own(t)
	s := ready(t, openWith(t, configOf(t, broker.URL(), "prism")))
	if err := s.Set(t.Context(), "key", []byte("value"), 0); err != nil {
		t.Fatal(err)
	}
	broker.Kill()
	if err := s.Set(t.Context(), "key", []byte("late"), 0); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Set without a broker: %v", err)
	}
	if err := broker.Restart(); err != nil {
		t.Fatal(err)
	}
	ready(t, s)
	restarted := ready(t, openWith(t, configOf(t, broker.URL(), "prism")))
	for _, one := range []*Store{s, restarted} {
		value, found, err := one.Get(t.Context(), "key")
		if err != nil || !found || string(value) != "value" {
			t.Errorf("after the crash: %q, %t, %v; want the value that was acknowledged", value, found, err)
		}
	}
}
