// Command plugin-memstore serves an in-memory key-value store.
package main

import (
	"log/slog"

	sdk "prism.internal/plugin-sdk"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugins/memstore"
)

// version is set by the build with -ldflags "-X main.version=…".
var version = "dev"

func main() {
	var config memstore.Config
	sdk.Main(sdk.Plugin{
		Name:     "memstore",
		Version:  version,
		Settings: config.Settings,
		Open:     func(*slog.Logger) (kv.Store, error) { return memstore.Open(config), nil },
	})
}
