package sqlite

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"modernc.org/sqlite"
	lib "modernc.org/sqlite/lib"

	"prism.internal/plugin-sdk/kv"
)

// transient lists the primary result codes after which the same call may work
// later: locks, and a disk that is full, read-only or not mounted.
var transient = []int{
	lib.SQLITE_BUSY, lib.SQLITE_LOCKED, lib.SQLITE_FULL, lib.SQLITE_READONLY, lib.SQLITE_CANTOPEN, lib.SQLITE_IOERR,
}

// fail converts an error of the driver as kv.Store wants it.
func fail(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return fmt.Errorf("sqlite: %w (%w)", err, ctx.Err())
	}
	var sqlErr *sqlite.Error
	if errors.As(err, &sqlErr) && slices.Contains(transient, sqlErr.Code()&0xff) {
		return fmt.Errorf("sqlite: %w: %w", kv.ErrUnavailable, err)
	}
	return fmt.Errorf("sqlite: %w", err)
}
