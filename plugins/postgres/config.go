// Package postgres keeps keys in a table of PostgreSQL.
package postgres

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/lib/pq"

	sdk "prism.internal/plugin-sdk"
)

const maxNamespace = 128 // bytes

// Config is what a Store needs; Settings fills it.
type Config struct {
	Database pq.Config
	// Namespace is the only one that is served; "" for those that calls name.
	// Stores of different ones share the table.
	Namespace string
	MaxConns  int // most connections at once
	// ReapInterval is how often expired rows are deleted; they are invisible before.
	ReapInterval time.Duration
}

// Settings declares the settings that fill c.
func (c *Config) Settings(s *sdk.Settings) {
	s.AddSecret("DATABASE_URL", "where PostgreSQL is, like postgres://user:password@host:5432/database; sslmode=verify-full unless it says otherwise", c.parseURL)
	s.Add("PRISM_NAMESPACE", "", "the only namespace that is served; that of each call if empty", c.parseNamespace)
	s.Add("PRISM_POSTGRES_MAX_CONNS", "8", "most connections to PostgreSQL at once", sdk.Int(&c.MaxConns, 1, 1000))
	s.Add("PRISM_POSTGRES_REAP_INTERVAL", "1m", "how often rows of expired keys are deleted",
		sdk.Duration(&c.ReapInterval, 10*time.Millisecond, 24*time.Hour))
}

func (c *Config) parseURL(s string) error {
	if s == "" {
		return errors.New("is missing; set it like postgres://user:password@host:5432/database, or DATABASE_URL_FILE to a file with it")
	}
	database, err := pq.NewConfig(s)
	if err != nil {
		// The driver's error may quote the URL, and with it the password.
		return errors.New("cannot be parsed; write it like postgres://user:password@host:5432/database?sslmode=verify-full " +
			"and percent-encode special characters of the password")
	}
	c.Database = database
	return nil
}

func (c *Config) parseNamespace(s string) error {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._/-"
	if len(s) > maxNamespace || strings.ContainsFunc(s, func(r rune) bool { return !strings.ContainsRune(allowed, r) }) {
		return fmt.Errorf("%q is not a namespace; use up to %d letters, digits, dots, slashes, _ and -", s, maxNamespace)
	}
	c.Namespace = s
	return nil
}
