package main

import (
	"path/filepath"
	"strings"
	"testing"

	keyvaluev1 "prism.internal/proto/keyvalue/v1"

	"prism.internal/plugin-sdk/plugintest"
)

func TestMain(m *testing.M) { plugintest.Main(m, main) }

func TestKeysOutliveThePlugin(t *testing.T) {
	plugintest.Embedded(t)
	path := "PRISM_SQLITE_PATH=" + filepath.Join(t.TempDir(), "prism.db")
	t.Run("write", func(t *testing.T) {
		_, err := plugintest.Start(t, path).Set(t.Context(), &keyvaluev1.SetRequest{Key: "key", Value: []byte("value")})
		if err != nil {
			t.Error(err)
		}
	})
	t.Run("read", func(t *testing.T) {
		got, err := plugintest.Start(t, path).Get(t.Context(), &keyvaluev1.GetRequest{Key: "key"})
		if err != nil || string(got.Value) != "value" {
			t.Errorf("%q, %v", got.GetValue(), err)
		}
	})
}

func TestWrongSettings(t *testing.T) {
	for env, want := range map[string]string{
		"PRISM_SQLITE_PATH=":                      "PRISM_SQLITE_PATH: is missing; set it to a file",
		"PRISM_SQLITE_PATH=file:prism.db?mode=ro": "is not a file",
		"PRISM_SQLITE_PATH=/missing/directory/db": "cannot open the database /missing/directory/db",
	} {
		out, err := plugintest.Command([]string{env, "PRISM_LISTEN=127.0.0.1:0"}).CombinedOutput()
		if err == nil || !strings.Contains(string(out), want) {
			t.Errorf("%s: %v: %s", env, err, out)
		}
	}
}
