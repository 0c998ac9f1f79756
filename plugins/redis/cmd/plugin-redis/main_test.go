package main

import (
	"strings"
	"testing"

	"prism.internal/plugin-sdk/conformance"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugin-sdk/plugintest"
	"prism.internal/plugins/redis/internal/redistest"
)

func TestMain(m *testing.M) { plugintest.Main(m, main) }

func TestConformanceByGRPC(t *testing.T) {
	redis := redistest.Start(t)
	conformance.Run(t, func(t *testing.T) kv.Store {
		redis.Flush()
		return plugintest.Remote(plugintest.Start(t, "REDIS_URL="+redis.URL()))
	})
}

func TestWrongSettings(t *testing.T) {
	for env, want := range map[string]string{
		"REDIS_URL=":                       "REDIS_URL: is missing; set it like redis://",
		"REDIS_URL=redis://me:s3cr%t@host": "REDIS_URL: is not like redis://",
	} {
		out, err := plugintest.Command([]string{env}).CombinedOutput()
		if err == nil || err.Error() != "exit status 2" || !strings.Contains(string(out), want) ||
			strings.Contains(string(out), "s3cr") {
			t.Errorf("%s: %v: %s", env, err, out)
		}
	}
}
