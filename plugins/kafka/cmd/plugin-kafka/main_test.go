package main

import (
	"strings"
	"testing"

	"prism.internal/plugin-sdk/conformance"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugin-sdk/plugintest"
	"prism.internal/plugins/kafka/internal/kafkatest"
)

func TestMain(m *testing.M) {
	plugintest.Become(main)
	kafkatest.Main(m)
}

func TestConformanceByGRPC(t *testing.T) {
	broker := kafkatest.Shared(t)
	conformance.Run(t, func(t *testing.T) kv.Store {
		topic := strings.ReplaceAll(t.Name(), "/", "-")
		return plugintest.Remote(plugintest.Start(t, "KAFKA_URL="+broker.URL(), "PRISM_KAFKA_TOPIC="+topic))
	})
}

func TestWrongSettings(t *testing.T) {
	for env, want := range map[string]string{
		"KAFKA_URL=":                            "KAFKA_URL: is missing; set it like kafka://",
		"KAFKA_URL=http://me:s3cret@host":       "KAFKA_URL: is not like kafka://",
		"KAFKA_URL=kafka://me:s3cr%t@host":      "KAFKA_URL: is not like kafka://",
		"KAFKA_URL=kafka://me:s3cret@host,:1":   "KAFKA_URL: is not like kafka://",
		"KAFKA_URL=kafka://me:s3cret@host/path": "KAFKA_URL: is not like kafka://",
	} {
		out, err := plugintest.Command([]string{env, "PRISM_KAFKA_TOPIC=a/b"}).CombinedOutput()
		if err == nil || err.Error() != "exit status 2" || !strings.Contains(string(out), want) ||
			!strings.Contains(string(out), "is not a topic") || strings.Contains(string(out), "s3cr") {
			t.Errorf("%s: %v: %s", env, err, out)
		}
	}
}

func TestPluginStartsWithoutBroker(t *testing.T) {
	plugintest.AwaitNotServing(t, plugintest.Launch(t, "KAFKA_URL=kafka://"+plugintest.FreeAddress(t)))
}
