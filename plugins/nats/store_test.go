package nats

import (
	"bytes"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"

	"prism.internal/plugin-sdk/conformance"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugin-sdk/plugintest"
	"prism.internal/plugins/nats/internal/natstest"
)

func bucketOf(t *testing.T) string { return strings.ReplaceAll(t.Name(), "/", "-") }

func open(t *testing.T, url, bucket string) *Store {
	t.Helper()
	s, err := Open(Config{URL: url, Bucket: bucket, Replicas: 1, ReapInterval: 10 * time.Millisecond},
		slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}

func ready(t *testing.T, s *Store) *Store {
	t.Helper()
	plugintest.Eventually(t, func() error { return s.Ping(t.Context()) })
	return s
}

func awaitConnected(t *testing.T, s *Store) {
	t.Helper()
	plugintest.Eventually(t, func() error {
		if !s.conn.IsConnected() {
			return errors.New("not connected")
		}
		return nil
	})
}

func TestConformance(t *testing.T) {
	nats := natstest.Start(t)
	conformance.Run(t, func(t *testing.T) kv.Store { return ready(t, open(t, nats.URL(), bucketOf(t))) })
}

func TestNamespacesAreApart(t *testing.T) {
	nats := natstest.Start(t)
	conformance.RunNamespaces(t, func(t *testing.T) kv.Store { return ready(t, open(t, nats.URL(), "prism")) })
}

func TestServerRestarts(t *testing.T) {
	nats := natstest.Start(t)
	s := ready(t, open(t, nats.URL(), "prism"))
	if err := s.Set(t.Context(), "key", []byte("value"), 0); err != nil {
		t.Fatal(err)
	}
	nats.Kill()
	for range 2 { // the call that finds the connection lost, and one after
		if _, _, err := s.Get(t.Context(), "key"); !errors.Is(err, kv.ErrUnavailable) {
			t.Errorf("Get without a server: %v", err)
		}
	}
	if err := s.Set(t.Context(), "key", []byte("late"), 0); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Set without a server: %v", err)
	}
	if err := s.Ping(t.Context()); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Ping without a server: %v", err)
	}
	nats.Restart()
	ready(t, s)
	value, found, err := s.Get(t.Context(), "key")
	if err != nil || !found || string(value) != "value" {
		t.Errorf("after the restart: %q, %t, %v; want the value that was acknowledged", value, found, err)
	}
}

func TestPluginStartsBeforeTheServer(t *testing.T) {
	nats := natstest.Start(t)
	nats.Kill()
	s := open(t, nats.URL(), "prism")
	if err := s.Ping(t.Context()); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Ping: %v", err)
	}
	if _, err := s.Exists(t.Context(), "key"); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Exists: %v", err)
	}
	nats.Restart()
	ready(t, s)
}

func TestDeletedBucketIsMadeAgain(t *testing.T) {
	s := ready(t, open(t, natstest.Start(t).URL(), "prism"))
	if err := s.stream.DeleteKeyValue(t.Context(), "prism"); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(t.Context(), "key", nil, 0); !errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Set without a bucket: %v", err)
	}
	ready(t, s)
	if err := s.Set(t.Context(), "key", nil, 0); err != nil {
		t.Error(err)
	}
}

func TestSmallMaxPayloadIsNamed(t *testing.T) {
	s := open(t, natstest.StartUnconfigured(t).URL(), "prism")
	awaitConnected(t, s)
	if err := s.Ping(t.Context()); !errors.Is(err, kv.ErrUnavailable) || !strings.Contains(err.Error(), "max_payload is 1048576") {
		t.Errorf("Ping: %v", err)
	}
}

// TestWritersDoNotUndoEachOther makes plugins change the time to live of a key
// that others write: an Expire must not bring an older value back.
func TestWritersDoNotUndoEachOther(t *testing.T) {
	nats := natstest.Start(t)
	a, b := ready(t, open(t, nats.URL(), "prism")), ready(t, open(t, nats.URL(), "prism"))
	const last = 50
	var group sync.WaitGroup
	group.Go(func() {
		for i := range last + 1 {
			if err := a.Set(t.Context(), "key", []byte(strconv.Itoa(i)), 0); err != nil {
				t.Error(err)
			}
		}
	})
	group.Go(func() {
		for range last {
			if _, err := b.Expire(t.Context(), "key", time.Hour); err != nil {
				t.Error(err)
			}
		}
	})
	group.Wait()
	if value, _, err := b.Get(t.Context(), "key"); err != nil || string(value) != strconv.Itoa(last) {
		t.Errorf("%q, %v; want the last value", value, err)
	}
}

func TestExpiredKeysAreReaped(t *testing.T) {
	s := ready(t, open(t, natstest.Start(t).URL(), "prism"))
	for i := range 20 {
		if err := s.Set(t.Context(), strconv.Itoa(i), nil, time.Millisecond); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.Set(t.Context(), "long", nil, time.Hour); err != nil {
		t.Fatal(err)
	}
	stream, err := s.stream.Stream(t.Context(), "KV_prism")
	if err != nil {
		t.Fatal(err)
	}
	plugintest.Eventually(t, func() error {
		info, err := stream.Info(t.Context())
		if err != nil || info.State.Msgs != 1 {
			return fmt.Errorf("%+v, %v; want 1 record", info, err)
		}
		return nil
	})
}

func TestBucketWithHistoryIsRefused(t *testing.T) {
	nats := natstest.Start(t)
	other := ready(t, open(t, nats.URL(), "other"))
	if _, err := other.stream.CreateKeyValue(t.Context(), jetstream.KeyValueConfig{Bucket: "prism", History: 5}); err != nil {
		t.Fatal(err)
	}
	s := open(t, nats.URL(), "prism")
	awaitConnected(t, s)
	if err := s.Ping(t.Context()); err == nil || !strings.Contains(err.Error(), "keeps 5 revisions") {
		t.Errorf("Ping: %v", err)
	}
}

// TestReaperKeepsNewValues writes a key again just when the reaper, which runs
// all the time here, removes its expired record or the marker of its deletion.
func TestReaperKeepsNewValues(t *testing.T) {
	s := ready(t, open(t, natstest.Start(t).URL(), "prism"))
	for i := range 200 {
		value := strconv.Itoa(i)
		err := s.Set(t.Context(), "key", nil, time.Millisecond)
		if i%2 == 0 {
			_, err = s.Delete(t.Context(), "key")
		}
		time.Sleep(time.Millisecond)
		if err := errors.Join(err, s.Set(t.Context(), "key", []byte(value), 0)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Millisecond)
		if got, found, err := s.Get(t.Context(), "key"); err != nil || !found || string(got) != value {
			t.Fatalf("round %d: %q, %t, %v", i, got, found, err)
		}
	}
}

func TestForeignRecordsAreErrors(t *testing.T) {
	s := ready(t, open(t, natstest.Start(t).URL(), "prism"))
	bucket := *s.bucket.Load()
	if _, err := bucket.PutString(t.Context(), toSubject("", "key"), "short"); err != nil {
		t.Fatal(err)
	}
	if _, _, err := s.Get(t.Context(), "key"); err == nil || errors.Is(err, kv.ErrUnavailable) {
		t.Errorf("Get: %v", err)
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte{})
	f.Add(record{value: []byte("value"), expires: time.UnixMicro(1)}.encode())
	f.Fuzz(func(t *testing.T, data []byte) {
		r, err := decode(data)
		if err == nil && !bytes.Equal(r.encode(), data) {
			t.Errorf("%x decodes to %+v, which encodes to %x", data, r, r.encode())
		}
	})
}
