// Command plugin-postgres serves a key-value store in PostgreSQL.
package main

import (
	"log/slog"

	sdk "prism.internal/plugin-sdk"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugins/postgres"
)

// version is set by the build with -ldflags "-X main.version=…".
var version = "dev"

func main() {
	var config postgres.Config
	sdk.Main(sdk.Plugin{
		Name:     "postgres",
		Version:  version,
		Settings: config.Settings,
		Open:     func(log *slog.Logger) (kv.Store, error) { return postgres.Open(config, log) },
	})
}
