package redis

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/redis/go-redis/v9"

	sdk "prism.internal/plugin-sdk"
)

// Config is what a Store needs; Settings fills it.
type Config struct {
	Server    *redis.Options
	Namespace string // of the keys; stores of different ones share the server
	MaxConns  int    // most connections at once
}

// Settings declares the settings that fill c.
func (c *Config) Settings(s *sdk.Settings) {
	s.AddSecret("REDIS_URL", "where Redis is, like redis://user:password@host:6379/0", c.parseURL)
	s.Add("PRISM_NAMESPACE", "default", "namespace whose keys this plugin serves", c.parseNamespace)
	s.Add("PRISM_REDIS_MAX_CONNS", "8", "most connections to Redis at once", sdk.Int(&c.MaxConns, 1, 1000))
}

func (c *Config) parseURL(s string) error {
	if s == "" {
		return errors.New("is missing; set it like redis://user:password@host:6379/0")
	}
	server, err := redis.ParseURL(s)
	if err != nil {
		// The error may quote the URL, and with it the password.
		return errors.New("is not like redis://user:password@host:6379/0 or rediss://host:6379/0; " +
			"percent-encode special characters of the password")
	}
	c.Server = server
	return nil
}

var namespaceName = regexp.MustCompile(`^[a-zA-Z0-9._/-]{1,128}$`)

func (c *Config) parseNamespace(s string) error {
	if !namespaceName.MatchString(s) {
		return fmt.Errorf("%q is not a namespace; use 1 to 128 letters, digits, dots, slashes, _ and -", s)
	}
	c.Namespace = s
	return nil
}
