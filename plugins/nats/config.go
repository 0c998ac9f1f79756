// Package nats keeps keys in a key-value bucket of NATS JetStream.
package nats

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"regexp"
	"time"

	sdk "prism.internal/plugin-sdk"
)

// Config is what a Store needs; Settings fills it.
type Config struct {
	URL         string
	Credentials string // path of a file of `nsc generate creds`; may be empty
	Bucket      string // made if it is missing
	Replicas    int    // of a bucket that is made
	// ReapInterval is how often expired keys are deleted; they are invisible before.
	ReapInterval time.Duration
}

// Settings declares the settings that fill c.
func (c *Config) Settings(s *sdk.Settings) {
	s.AddSecret("NATS_URL", "where NATS is, like nats://user:password@host:4222", c.parseURL)
	s.Add("NATS_CREDENTIALS", "", "file with the user's JWT and seed", c.parseCredentials)
	s.Add("PRISM_NATS_BUCKET", "prism", "bucket that holds the keys; made if it is missing", c.parseBucket)
	s.Add("PRISM_NATS_REPLICAS", "1", "servers that hold a copy of a bucket that is made", sdk.Int(&c.Replicas, 1, 5))
	s.Add("PRISM_NATS_REAP_INTERVAL", "10m", "how often expired keys are deleted, which reads the whole bucket",
		sdk.Duration(&c.ReapInterval, 10*time.Millisecond, 24*time.Hour))
}

func (c *Config) parseURL(s string) error {
	if s == "" {
		return errors.New("is missing; set it like nats://user:password@host:4222")
	}
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.Scheme != "nats" && u.Scheme != "tls" {
		// The error of the parser quotes the URL, and with it the password.
		return errors.New("is not like nats://user:password@host:4222 or tls://host:4222")
	}
	c.URL = s
	return nil
}

func (c *Config) parseCredentials(s string) error {
	if s != "" {
		if _, err := os.Stat(s); err != nil {
			return err // names the file
		}
	}
	c.Credentials = s
	return nil
}

var bucketName = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,128}$`)

func (c *Config) parseBucket(s string) error {
	if !bucketName.MatchString(s) {
		return fmt.Errorf("%q is not a bucket; use 1 to 128 letters, digits, _ and -", s)
	}
	c.Bucket = s
	return nil
}
