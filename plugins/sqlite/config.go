// Package sqlite keeps keys in a file, or in memory, by SQLite.
package sqlite

import (
	"errors"
	"fmt"
	"strings"
	"time"

	sdk "prism.internal/plugin-sdk"
)

// Memory is the Path of a database that is lost with the process.
const Memory = ":memory:"

// Config is what a Store needs; Settings fills it.
type Config struct {
	Path    string // of the database, or Memory
	Readers int    // most reads at once; a database in memory has one connection
	// ReapInterval is how often expired rows are deleted; they are invisible before.
	ReapInterval time.Duration
}

// Settings declares the settings that fill c.
func (c *Config) Settings(s *sdk.Settings) {
	s.Add("PRISM_SQLITE_PATH", "", "file of the database, like /data/prism.db; :memory: keeps nothing", c.parsePath)
	s.Add("PRISM_SQLITE_READERS", "4", "most reads at once", sdk.Int(&c.Readers, 1, 100))
	s.Add("PRISM_SQLITE_REAP_INTERVAL", "1m", "how often rows of expired keys are deleted",
		sdk.Duration(&c.ReapInterval, 10*time.Millisecond, 24*time.Hour))
}

func (c *Config) parsePath(s string) error {
	switch {
	case s == "":
		return errors.New("is missing; set it to a file like /data/prism.db, or to :memory: to keep nothing")
	case s != Memory && strings.HasPrefix(s, ":"), strings.HasPrefix(s, "file:"), strings.ContainsRune(s, 0):
		// SQLite would take these for a URI or a temporary database.
		return fmt.Errorf("%q is not a file; write a path like /data/prism.db, or :memory:", s)
	}
	c.Path = s
	return nil
}
