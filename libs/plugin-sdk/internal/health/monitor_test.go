package health

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
)

// An operator has to see why a plugin is down, and not every second.
func TestOutagesAreLoggedOnce(t *testing.T) {
	var log strings.Builder
	var err error
	ping := func(context.Context) error { return err }
	m := NewMonitor(NewServer(), ping, 1e9, slog.New(slog.NewTextHandler(&log, nil)), "")
	for _, text := range []string{"one", "one", "two", "", "", "two"} {
		err = nil
		if text != "" {
			err = errors.New(text)
		}
		m.check(t.Context())
	}
	var got []string
	for line := range strings.Lines(log.String()) {
		_, line, _ = strings.Cut(line, "msg=")
		got = append(got, strings.TrimSpace(line))
	}
	want := `"backend is down; not serving" error=one|"backend is down; not serving" error=two|` +
		`"backend is up; serving"|"backend is down; not serving" error=two`
	if strings.Join(got, "|") != want {
		t.Errorf("%q", got)
	}
}
