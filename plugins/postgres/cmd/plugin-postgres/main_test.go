package main

import (
	"strings"
	"testing"

	"prism.internal/plugin-sdk/plugintest"
	"prism.internal/plugins/postgres/internal/pgtest"
)

func TestMain(m *testing.M) {
	plugintest.Become(main)
	pgtest.Main(m)
}

func TestMissingURL(t *testing.T) {
	out, err := plugintest.Command(nil).CombinedOutput()
	if err == nil || err.Error() != "exit status 2" || !strings.Contains(string(out), "DATABASE_URL: is missing; set it") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestWrongURLDoesNotShowThePassword(t *testing.T) {
	out, err := plugintest.Command([]string{"DATABASE_URL=postgres://me:s3cr%t@host/db"}).CombinedOutput()
	if err == nil || err.Error() != "exit status 2" || strings.Contains(string(out), "s3cr") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestPluginStartsBeforeTheDatabase(t *testing.T) {
	server := pgtest.Own(t)
	server.Kill()
	address := plugintest.Launch(t, "DATABASE_URL="+server.URL("postgres"))
	plugintest.AwaitNotServing(t, address)
	if err := server.Restart(); err != nil {
		t.Fatal(err)
	}
	plugintest.AwaitServing(t, address)
	server.Kill()
	plugintest.AwaitNotServing(t, address)
}
