package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	_ "modernc.org/sqlite" // the driver "sqlite"

	"prism.internal/plugin-sdk/kv"
)

// busyTimeout is how long a statement waits for a lock that another process
// holds, such as a backup.
const busyTimeout = 2 * time.Second

// Store implements kv.Store. SQLite has one writer at a time, so writes queue
// for one connection here instead of failing with SQLITE_BUSY there.
type Store struct {
	config Config
	log    *slog.Logger
	now    func() time.Time

	write, read *sql.DB // the same for a database in memory
	writes      writes
	reads       reads

	stop func()
}

var _ kv.Store = (*Store)(nil)

// Open opens the database, makes it if it is missing, and brings its schema up
// to date.
func Open(c Config, log *slog.Logger) (*Store, error) { return open(c, log, time.Now) }

func open(c Config, log *slog.Logger, now func() time.Time) (*Store, error) {
	s := &Store{config: c, log: log, now: now}
	if err := s.connect(); err != nil {
		return nil, fmt.Errorf("cannot open the database %s: %w", c.Path, errors.Join(err, s.disconnect()))
	}
	s.stop = kv.Every(c.ReapInterval, s.reap)
	return s, nil
}

func (s *Store) connect() (err error) {
	// immediate: a transaction that will write takes the lock first, and so
	// never fails half-way.
	if s.write, err = sql.Open("sqlite", s.dsn("&_txlock=immediate")); err != nil {
		return err
	}
	s.write.SetMaxOpenConns(1)
	s.write.SetMaxIdleConns(1) // the database in memory ends with its connection
	if err := migrate(context.Background(), s.write, migrations); err != nil {
		return err
	}
	s.read = s.write
	if s.config.Path != Memory {
		if s.read, err = sql.Open("sqlite", s.dsn("&_pragma=query_only(1)")); err != nil {
			return err
		}
		s.read.SetMaxOpenConns(s.config.Readers)
		s.read.SetMaxIdleConns(s.config.Readers)
	}
	if s.writes, err = prepareWrites(s.write); err != nil {
		return err
	}
	s.reads, err = prepareReads(s.read)
	return err
}

// dsn names the database for the driver. With a write-ahead log readers do not
// wait for the writer; synchronous FULL keeps every acknowledged write, also
// when the machine loses power.
func (s *Store) dsn(more string) string {
	pragmas := fmt.Sprintf("?_pragma=busy_timeout(%d)&_pragma=journal_mode(WAL)&_pragma=synchronous(FULL)%s",
		busyTimeout.Milliseconds(), more)
	if s.config.Path == Memory {
		return "file::memory:" + pragmas
	}
	return "file:" + (&url.URL{Path: s.config.Path}).EscapedPath() + pragmas
}

// Ping implements kv.Store. It reads the table, so that a file that was
// truncated or removed is noticed.
func (s *Store) Ping(ctx context.Context) error {
	_, err := s.read.ExecContext(ctx, "SELECT 1 FROM prism_kv LIMIT 1")
	return fail(ctx, err)
}

// Close implements kv.Store.
func (s *Store) Close() error {
	s.stop()
	return s.disconnect()
}

func (s *Store) disconnect() error {
	var errs []error
	for _, db := range []*sql.DB{s.read, s.write} {
		if db != nil {
			errs = append(errs, db.Close()) // closing twice does nothing
		}
	}
	return errors.Join(errs...)
}
