// Package kafka keeps keys in a compacted topic of Kafka, and a view of them in
// memory. docs: README.md.
package kafka

import (
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"
	"github.com/twmb/franz-go/pkg/sasl/scram"

	sdk "prism.internal/plugin-sdk"
)

// Config is what a Store needs; Settings fills it.
type Config struct {
	Server   []kgo.Opt // brokers, TLS and credentials
	Topic    string    // made if it is missing
	Replicas int       // of a topic that is made; 0: the brokers' default
	MaxBytes int       // of the view; a value beyond it is refused
	// ReapInterval is how often expired keys are deleted; they are invisible before.
	ReapInterval time.Duration
}

// Settings declares the settings that fill c.
func (c *Config) Settings(s *sdk.Settings) {
	s.AddSecret("KAFKA_URL", "where Kafka is, like kafka://user:password@host:9092,host2:9092", c.parseURL)
	s.Add("PRISM_KAFKA_TOPIC", "prism", "compacted topic that holds the keys; made if it is missing", c.parseTopic)
	s.Add("PRISM_KAFKA_REPLICAS", "0", "brokers that hold a copy of a topic that is made; 0 is the brokers' default",
		sdk.Int(&c.Replicas, 0, 9))
	s.Add("PRISM_KAFKA_MAX_BYTES", "64MiB",
		"room for keys and values; the process takes up to twice as much, and values beyond it get RESOURCE_EXHAUSTED",
		sdk.Bytes(&c.MaxBytes, 1<<20, 1<<40))
	// The upper limit keeps repairs well before compaction: see compactionLag.
	s.Add("PRISM_KAFKA_REAP_INTERVAL", "1m", "how often expired keys are deleted",
		sdk.Duration(&c.ReapInterval, 10*time.Millisecond, 10*time.Minute))
}

var errURL = errors.New("is not like kafka://user:password@host:9092,host2:9092, or kafkas://… for TLS; " +
	"percent-encode special characters of the password")

// parseURL never quotes the URL, which may hold a password.
func (c *Config) parseURL(s string) error {
	if s == "" {
		return errors.New("is missing; set it like kafka://user:password@host:9092")
	}
	// The standard library parses one host.
	at := strings.LastIndex(s, "//")
	if userEnd := strings.LastIndex(s, "@"); userEnd > at {
		at = userEnd - 1
	}
	var seeds []string
	var first *url.URL
	for i, host := range strings.Split(s[min(len(s), at+2):], ",") {
		u, err := url.Parse(s[:min(len(s), at+2)] + host)
		if err != nil || u.Hostname() == "" || u.Path+u.RawQuery+u.Fragment != "" || u.Scheme != "kafka" && u.Scheme != "kafkas" {
			return errURL
		}
		if u.Port() == "" {
			u.Host += ":9092"
		}
		if i == 0 {
			first = u
		}
		seeds = append(seeds, u.Host)
	}
	c.Server = []kgo.Opt{kgo.SeedBrokers(seeds...)}
	if first.Scheme == "kafkas" {
		c.Server = append(c.Server, kgo.DialTLS())
	}
	if first.User != nil {
		password, _ := first.User.Password()
		auth := scram.Auth{User: first.User.Username(), Pass: password}
		c.Server = append(c.Server, kgo.SASL(auth.AsSha512Mechanism()))
	}
	return nil
}

var topicName = regexp.MustCompile(`^[a-zA-Z0-9._-]{1,249}$`)

func (c *Config) parseTopic(s string) error {
	if !topicName.MatchString(s) || s == "." || s == ".." {
		return fmt.Errorf("%q is not a topic; use 1 to 249 letters, digits, dots, _ and -", s)
	}
	c.Topic = s
	return nil
}
