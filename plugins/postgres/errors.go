package postgres

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"

	"github.com/lib/pq"

	"prism.internal/plugin-sdk/kv"
)

var errNotReady = fmt.Errorf("%w: no connection with an up-to-date schema yet", kv.ErrUnavailable)

// transient lists the SQLSTATE classes after which the same call may work
// later: connection, login, no such database, resources, operator.
var transient = []string{"08", "28", "3D", "53", "57"}

const (
	undefinedTable      = "42P01"
	readOnlyTransaction = "25006" // a standby, as after a failover
)

// fail converts an error of the driver as kv.Store wants it, and reacts to it.
func (s *Store) fail(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("postgres: %w (%w)", err, ctx.Err())
	}
	var sqlErr *pq.Error
	switch {
	case errors.As(err, &sqlErr):
		if !s.mayWorkLater(sqlErr) {
			return fmt.Errorf("postgres: %w", err)
		}
	case !lostConnection(err):
		return fmt.Errorf("postgres: %w", err)
	}
	s.dropIdle()
	return fmt.Errorf("postgres: %w: %w", kv.ErrUnavailable, err)
}

func (s *Store) mayWorkLater(err *pq.Error) bool {
	code := string(err.Code)
	if code == undefinedTable {
		s.migrated.Store(false) // somebody replaced the database
		return true
	}
	return code == readOnlyTransaction || slices.Contains(transient, code[:min(2, len(code))])
}

func lostConnection(err error) bool {
	var netErr net.Error
	return errors.As(err, &netErr) || errors.Is(err, driver.ErrBadConn) ||
		errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, pq.ErrSSLNotSupported)
}

// dropIdle closes idle connections: when one is lost, the others of the same
// server are too, and each would fail one more call.
func (s *Store) dropIdle() {
	s.db.SetMaxIdleConns(0)
	s.db.SetMaxIdleConns(s.config.MaxConns)
}
