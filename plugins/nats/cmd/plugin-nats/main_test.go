package main

import (
	"strings"
	"testing"

	"prism.internal/plugin-sdk/plugintest"
)

func TestMain(m *testing.M) { plugintest.Main(m, main) }

func TestWrongSettings(t *testing.T) {
	for env, want := range map[string]string{
		"NATS_URL=":                      "NATS_URL: is missing; set it like nats://",
		"NATS_URL=http://me:s3cret@host": "NATS_URL: is not like nats://",
		"NATS_URL=nats://me:s3cr%t@host": "NATS_URL: is not like nats://",
	} {
		out, err := plugintest.Command([]string{env, "PRISM_NATS_BUCKET=a.b"}).CombinedOutput()
		if err == nil || err.Error() != "exit status 2" || !strings.Contains(string(out), want) ||
			!strings.Contains(string(out), "is not a bucket") || strings.Contains(string(out), "s3cr") {
			t.Errorf("%s: %v: %s", env, err, out)
		}
	}
}

func TestPluginStartsWithoutServer(t *testing.T) {
	plugintest.AwaitNotServing(t, plugintest.Launch(t, "NATS_URL=nats://"+plugintest.FreeAddress(t)))
}
