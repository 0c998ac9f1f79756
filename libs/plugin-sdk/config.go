package sdk

import (
	"fmt"
	"log/slog"
	"net"
	"strconv"
	"strings"
	"time"
)

// config is what every plugin has.
type config struct {
	listen   string
	control  string
	metrics  string
	level    slog.Level
	drain    time.Duration
	interval time.Duration
	call     time.Duration
}

func (c *config) settings() *Settings {
	s := &Settings{}
	s.Add("PRISM_LISTEN", "127.0.0.1:50100", "address of the gRPC server, host:port; port 0 takes a free one, no host is every address", address(&c.listen))
	s.Add("PRISM_CONTROL_LISTEN", "127.0.0.1:0",
		"address of the Lifecycle service, apart from the data; port 0 takes a free one, which the log names",
		address(&c.control))
	s.Add("PRISM_METRICS_LISTEN", "127.0.0.1:0",
		"address of /metrics, /ready and /live over HTTP; port 0 takes a free one, which the log names", address(&c.metrics))
	s.Add("PRISM_LOG_LEVEL", "info", "least level that is logged: debug, info, warn or error", c.parseLevel)
	s.Add("PRISM_DRAIN_TIMEOUT", "30s", "how long SIGTERM waits for calls in flight before it aborts them",
		Duration(&c.drain, 0, time.Hour))
	s.Add("PRISM_HEALTH_INTERVAL", "1s", "how often the backend is asked whether it can serve",
		Duration(&c.interval, 10*time.Millisecond, time.Hour))
	s.Add("PRISM_CALL_TIMEOUT", "10s", "deadline of calls that come without an earlier one",
		Duration(&c.call, time.Millisecond, time.Hour))
	return s
}

func address(into *string) func(string) error {
	return func(s string) error {
		_, port, err := net.SplitHostPort(s)
		if err == nil {
			_, err = strconv.ParseUint(port, 10, 16)
		}
		if err != nil {
			return fmt.Errorf("%q is not host:port; write it like :50100 or 127.0.0.1:50100", s)
		}
		*into = s
		return nil
	}
}

func (c *config) parseLevel(s string) error {
	levels := map[string]slog.Level{
		"debug": slog.LevelDebug, "info": slog.LevelInfo, "warn": slog.LevelWarn, "error": slog.LevelError,
	}
	level, ok := levels[strings.ToLower(s)]
	if !ok {
		return fmt.Errorf("%q is not one of debug, info, warn and error", s)
	}
	c.level = level
	return nil
}

// probeAddress is where the plugin's own health check finds its server.
func (c *config) probeAddress() string {
	host, port, err := net.SplitHostPort(c.listen)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip.IsUnspecified()) {
		// localhost may need a resolver, which a scratch image does not have.
		host = "127.0.0.1"
		if ip != nil && ip.To4() == nil {
			host = "::1"
		}
	}
	return net.JoinHostPort(host, port)
}
