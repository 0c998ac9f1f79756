package redis

import (
	"errors"

	"github.com/redis/go-redis/v9"

	sdk "prism.internal/plugin-sdk"
)

// Config is what a Store needs; Settings fills it.
type Config struct {
	Server   *redis.Options
	MaxConns int // most connections at once
}

// Settings declares the settings that fill c.
func (c *Config) Settings(s *sdk.Settings) {
	s.AddSecret("REDIS_URL", "where Redis is, like redis://user:password@host:6379/0", c.parseURL)
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
