package kafka

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kfake"
	"github.com/twmb/franz-go/pkg/kgo"

	"prism.internal/plugin-sdk/conformance"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugin-sdk/plugintest"
)

func TestConformance(t *testing.T) {
	f := start(t)
	conformance.Run(t, func(t *testing.T) kv.Store { return ready(t, open(t, f.address, topicOf(t))) })
}

func TestNamespacesAreApart(t *testing.T) {
	f := start(t)
	conformance.RunNamespaces(t, func(t *testing.T) kv.Store { return ready(t, open(t, f.address, "prism")) })
}

func TestBrokerRestarts(t *testing.T) {
	t.Parallel() // it waits most of the time
	f := start(t)
	s := ready(t, open(t, f.address, "prism"))
	if err := s.Set(t.Context(), "key", []byte("value"), 0); err != nil {
		t.Fatal(err)
	}
	f.Close()
	if err := s.Set(t.Context(), "key", []byte("late"), 0); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Set without a broker: %v", err)
	}
	if _, _, err := s.Get(t.Context(), "key"); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Get without a broker: %v", err)
	}
	f.restart(t)
	ready(t, s)
	value, found, err := s.Get(t.Context(), "key")
	if err != nil || !found || string(value) != "value" {
		t.Errorf("after the restart: %q, %t, %v; want the value that was acknowledged", value, found, err)
	}
}

func TestPluginStartsBeforeTheBroker(t *testing.T) {
	t.Parallel() // it waits most of the time
	f := start(t)
	f.Close()
	s := open(t, f.address, "prism")
	if err := s.Ping(t.Context()); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Ping: %v", err)
	}
	if _, err := s.Exists(t.Context(), "key"); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Exists: %v", err)
	}
	f.restart(t)
	ready(t, s)
}

// TestReplay opens a second store, whose view the log alone makes.
func TestReplay(t *testing.T) {
	f := start(t)
	a := ready(t, open(t, f.address, "prism"))
	const n = 500
	var group sync.WaitGroup
	for i := range n {
		group.Go(func() {
			if err := a.Set(t.Context(), strconv.Itoa(i%100), []byte(strconv.Itoa(i)), time.Duration(i%2)*time.Hour); err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if _, err := a.Delete(t.Context(), "0"); err != nil {
		t.Fatal(err)
	}
	b := ready(t, open(t, f.address, "prism"))
	q := kv.Query{Limit: 1000, MaxBytes: 1 << 20}
	want, wantErr := a.Scan(t.Context(), q)
	got, err := b.Scan(t.Context(), q)
	if err := errors.Join(err, wantErr); err != nil || len(got.Entries) != 99 {
		t.Fatalf("%d keys, %v; want 99", len(got.Entries), err)
	}
	if !slices.EqualFunc(got.Entries, want.Entries, func(a, b kv.Entry) bool { return a.Key == b.Key && string(a.Value) == string(b.Value) }) {
		t.Errorf("%v; want %v", got, want)
	}
}

func TestDeletedTopicIsMadeAgain(t *testing.T) {
	t.Parallel() // it waits most of the time
	f := start(t)
	s := ready(t, open(t, f.address, "prism"))
	if _, err := adminOf(t, f).DeleteTopic(t.Context(), "prism"); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(t.Context(), "key", nil, 0); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Set without a topic: %v", err)
	}
	ready(t, s)
	if err := s.Set(t.Context(), "key", nil, 0); err != nil {
		t.Error(err)
	}
}

func TestTopicsThatLoseKeysAreRefused(t *testing.T) {
	f := start(t)
	admin := adminOf(t, f)
	size := kadm.StringPtr(strconv.Itoa(maxRecordBytes))
	for topic, test := range map[string]struct {
		partitions int32
		configs    map[string]*string
		want       string
	}{
		"deletes":    {1, map[string]*string{maxMessageBytes: size}, "cleanup.policy=delete"},
		"both":       {1, map[string]*string{cleanupPolicy: kadm.StringPtr("compact,delete"), maxMessageBytes: size}, "cleanup.policy=compact,delete"},
		"small":      {1, map[string]*string{cleanupPolicy: kadm.StringPtr("compact"), maxMessageBytes: kadm.StringPtr("1048588")}, "max.message.bytes=1048588"},
		"partitions": {3, map[string]*string{cleanupPolicy: kadm.StringPtr("compact")}, "has 3 partitions"},
	} {
		if _, err := admin.CreateTopic(t.Context(), test.partitions, 1, test.configs, topic); err != nil {
			t.Fatal(err)
		}
		err := open(t, f.address, topic).Ping(t.Context())
		if !errors.Is(err, kv.ErrUnavailable) || !strings.Contains(err.Error(), test.want) {
			t.Errorf("Ping of %s: %v; want %s", topic, err, test.want)
		}
	}
}

func TestMemoryIsBounded(t *testing.T) {
	f := start(t)
	c := configOf(t, "kafka://"+f.address, "prism")
	c.MaxBytes = 1 << 20
	s := ready(t, openWith(t, c))
	var full int
	var group sync.WaitGroup
	var mu sync.Mutex
	for i := range 20 {
		group.Go(func() {
			err := s.Set(t.Context(), strconv.Itoa(i), make([]byte, 100<<10), 0)
			mu.Lock()
			defer mu.Unlock()
			if errors.Is(err, kv.ErrFull) {
				full++
			} else if err != nil {
				t.Error(err)
			}
		})
	}
	group.Wait()
	if full != 10 {
		t.Errorf("%d of 20 were refused; want 10", full)
	}
	// A plugin with less room than the keys need does not serve a part of them.
	c.MaxBytes = 500 << 10
	small := openWith(t, c)
	plugintest.Eventually(t, func() error {
		err := small.Ping(t.Context())
		if !errors.Is(err, kv.ErrUnavailable) || !strings.Contains(err.Error(), "raise PRISM_KAFKA_MAX_BYTES") {
			return errors.Join(errors.New("Ping"), err)
		}
		return nil
	})
}

func TestExpiredKeysAreReaped(t *testing.T) {
	f := start(t)
	s := ready(t, open(t, f.address, "prism"))
	for i := range 20 {
		if err := s.Set(t.Context(), strconv.Itoa(i), nil, time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	long := item{id: id{key: "long"}}
	if err := s.Set(t.Context(), "long", nil, time.Hour); err != nil {
		t.Fatal(err)
	}
	plugintest.Eventually(t, func() error {
		if size := s.session.view.size(); size != long.size() {
			return errors.New(strconv.Itoa(size) + " bytes are left")
		}
		return nil
	})
}

func TestForeignRecordsAreSkipped(t *testing.T) {
	f := start(t)
	s := ready(t, open(t, f.address, "prism"))
	if err := s.session.client.ProduceSync(t.Context(), &kgo.Record{Key: []byte("short"), Value: []byte("x")}).FirstErr(); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(t.Context(), "key", nil, 0); err != nil {
		t.Error(err)
	}
}

func TestPasswordsAreUsed(t *testing.T) {
	t.Parallel() // it waits most of the time
	f := start(t, kfake.EnableSASL(), kfake.Superuser("SCRAM-SHA-512", "me", "s3cr:t"))
	ready(t, openWith(t, configOf(t, "kafka://me:s3cr%3At@"+f.address, "prism")))
	s := openWith(t, configOf(t, "kafka://me:wrong@"+f.address, "prism"))
	if err := s.Ping(t.Context()); !errors.Is(err, kv.ErrUnavailable) || strings.Contains(err.Error(), "wrong") {
		t.Errorf("Ping with a wrong password: %v", err)
	}
}
