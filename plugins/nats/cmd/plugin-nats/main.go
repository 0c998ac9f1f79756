// Command plugin-nats serves a key-value store in NATS JetStream.
package main

import (
	"log/slog"

	sdk "prism.internal/plugin-sdk"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugins/nats"
)

// version is set by the build with -ldflags "-X main.version=…".
var version = "dev"

func main() {
	var config nats.Config
	sdk.Main(sdk.Plugin{
		Name:     "nats",
		Version:  version,
		Settings: config.Settings,
		Open:     func(log *slog.Logger) (kv.Store, error) { return nats.Open(config, log) },
	})
}
