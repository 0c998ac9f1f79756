package postgres

import (
	"context"
	"database/sql"
	"fmt"
)

// migrationLock is the advisory lock that migrations of all plugins share; the
// number is "prismkv" in ASCII.
const migrationLock = 0x707269736d6b76

// migrations bring the schema from version i to i+1. They are never changed
// once released, and never break the plugin of the version before: during an
// upgrade both run.
//
// Keys are bytea: unlike text it may hold U+0000, and it compares by bytes
// whatever the database's collation.
var migrations = []string{
	`CREATE TABLE prism_kv (
		namespace  text COLLATE "C" NOT NULL,
		key        bytea NOT NULL,
		value      bytea NOT NULL,
		expires_at timestamptz,
		PRIMARY KEY (namespace, key)
	)`,
	`CREATE INDEX prism_kv_expires_at ON prism_kv (expires_at) WHERE expires_at IS NOT NULL`,
}

// migrate applies the steps that the database lacks, all or none of them. A
// database that is one version newer is left alone; one that is newer still is
// an error, because it may have lost what this plugin needs.
func migrate(ctx context.Context, db *sql.DB, steps []string) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer tx.Rollback() // without effect after Commit
	if _, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock($1)", int64(migrationLock)); err != nil {
		return err
	}
	if _, err := tx.ExecContext(ctx, `CREATE TABLE IF NOT EXISTS prism_migrations (
		version    integer PRIMARY KEY,
		applied_at timestamptz NOT NULL DEFAULT now()
	)`); err != nil {
		return err
	}
	var version int
	row := tx.QueryRowContext(ctx, "SELECT coalesce(max(version), 0) FROM prism_migrations")
	if err := row.Scan(&version); err != nil {
		return err
	}
	if version > len(steps)+1 {
		return fmt.Errorf("the database has schema version %d; this plugin knows %d and works with %d at most: use a newer plugin",
			version, len(steps), len(steps)+1)
	}
	for ; version < len(steps); version++ {
		if _, err := tx.ExecContext(ctx, steps[version]); err != nil {
			return fmt.Errorf("migration %d: %w", version+1, err)
		}
		if _, err := tx.ExecContext(ctx, "INSERT INTO prism_migrations (version) VALUES ($1)", version+1); err != nil {
			return fmt.Errorf("migration %d: %w", version+1, err)
		}
	}
	return tx.Commit()
}
