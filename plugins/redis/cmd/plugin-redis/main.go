// Command plugin-redis serves a key-value store in Redis.
package main

import (
	"log/slog"

	sdk "prism.internal/plugin-sdk"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugins/redis"
)

// version is set by the build with -ldflags "-X main.version=…".
var version = "dev"

func main() {
	var config redis.Config
	sdk.Main(sdk.Plugin{
		Name:     "redis",
		Version:  version,
		Settings: config.Settings,
		Open:     func(*slog.Logger) (kv.Store, error) { return redis.Open(config), nil },
	})
}
