package sqlite

import (
	"context"
	"database/sql"
	"fmt"
)

// migrations bring the schema from version i to i+1. They are never changed
// once released, and never break the plugin of the version before: after a
// roll-back that one runs on the newer schema.
//
// Keys are blobs: they compare by bytes, and may hold U+0000.
var migrations = []string{
	`CREATE TABLE prism_kv (
		namespace  TEXT NOT NULL,
		key        BLOB NOT NULL,
		value      BLOB NOT NULL,
		expires_at INTEGER, -- microseconds of Unix time; NULL: never
		PRIMARY KEY (namespace, key)
	) STRICT`,
	`CREATE INDEX prism_kv_expires_at ON prism_kv (expires_at) WHERE expires_at IS NOT NULL`,
}

// migrate applies the steps that the database lacks, all or none of them.
// SQLite's user_version holds how many it has. A database that is one version
// newer is left alone; one that is newer still is an error, because it may have
// lost what this plugin needs.
func migrate(ctx context.Context, db *sql.DB, steps []string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // without effect after Commit
	var version int
	if err := tx.QueryRowContext(ctx, "PRAGMA user_version").Scan(&version); err != nil {
		return err
	}
	if version > len(steps)+1 {
		return fmt.Errorf("it has schema version %d; this plugin knows %d and works with %d at most: use a newer plugin",
			version, len(steps), len(steps)+1)
	}
	for ; version < len(steps); version++ {
		if _, err := tx.ExecContext(ctx, steps[version]); err != nil {
			return fmt.Errorf("migration %d: %w", version+1, err)
		}
		// PRAGMA takes no parameters.
		if _, err := tx.ExecContext(ctx, fmt.Sprintf("PRAGMA user_version = %d", version+1)); err != nil {
			return fmt.Errorf("migration %d: %w", version+1, err)
		}
	}
	return tx.Commit()
}
