// Command plugin-sqlite serves a key-value store in a file.
package main

import (
	"log/slog"

	sdk "prism.internal/plugin-sdk"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugins/sqlite"
)

// version is set by the build with -ldflags "-X main.version=…".
var version = "dev"

func main() {
	var config sqlite.Config
	sdk.Main(sdk.Plugin{
		Name:     "sqlite",
		Version:  version,
		Settings: config.Settings,
		Open:     func(log *slog.Logger) (kv.Store, error) { return sqlite.Open(config, log) },
	})
}
