// Command plugin-kafka serves a key-value store in a compacted topic of Kafka.
package main

import (
	"log/slog"

	sdk "prism.internal/plugin-sdk"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugins/kafka"
)

// version is set by the build with -ldflags "-X main.version=…".
var version = "dev"

func main() {
	var config kafka.Config
	sdk.Main(sdk.Plugin{
		Name:     "kafka",
		Version:  version,
		Settings: config.Settings,
		Open:     func(log *slog.Logger) (kv.Store, error) { return kafka.Open(config, log), nil },
	})
}
