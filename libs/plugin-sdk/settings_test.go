package sdk

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

func load(env map[string]string, args ...string) (config, error) {
	var c config
	err := c.settings().load(args, func(name string) string { return env[name] })
	return c, err
}

func TestDefaults(t *testing.T) {
	c, err := load(nil)
	if err != nil || c.listen != "127.0.0.1:50100" || c.drain != 30*time.Second {
		t.Errorf("load = %+v, %v", c, err)
	}
}

func TestFlagWinsOverEnvironment(t *testing.T) {
	env := map[string]string{"PRISM_LISTEN": ":1", "PRISM_DRAIN_TIMEOUT": "2s", "PRISM_LOG_LEVEL": ""}
	for _, args := range [][]string{{"--listen", ":3"}, {"--listen=:3"}, {"-listen=:3"}} {
		c, err := load(env, args...)
		if err != nil || c.listen != ":3" || c.drain != 2*time.Second {
			t.Errorf("%q: %+v, %v", args, c, err)
		}
	}
}

func TestEveryViolationIsReported(t *testing.T) {
	env := map[string]string{"PRISM_LISTEN": "nowhere", "PRISM_LOG_LEVEL": "loud", "PRISM_CALL_TIMEOUT": "0s"}
	_, err := load(env, "--drain-timeout=soon", "--colour", "stray", "--listen")
	if err == nil {
		t.Fatal("no error")
	}
	for _, part := range []string{
		"--colour: unknown", "--listen: the value is missing", `PRISM_LISTEN: "nowhere"`,
		`PRISM_LOG_LEVEL: "loud"`, `--drain-timeout: "soon"`, `PRISM_CALL_TIMEOUT: "0s"`,
	} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q is missing in:\n%v", part, err)
		}
	}
}

func TestSecretsHaveNoFlag(t *testing.T) {
	var url string
	s := &Settings{}
	s.AddSecret("DATABASE_URL", "", Text(&url))
	env := func(name string) string { return map[string]string{"DATABASE_URL": "from the environment"}[name] }
	if err := s.load([]string{"--database-url=x"}, env); err == nil || url != "from the environment" {
		t.Errorf("%v, %q", err, url)
	}
	if strings.Contains(s.usage(), "--database-url") {
		t.Error("--help offers a flag for a secret")
	}
}

func TestSecretsByFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "url")
	if err := os.WriteFile(path, []byte("of the file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		env        map[string]string
		value, err string
	}{
		{map[string]string{"DATABASE_URL_FILE": path}, "of the file", ""},
		{map[string]string{"DATABASE_URL_FILE": path, "DATABASE_URL": "x"}, "", "DATABASE_URL_FILE: the variable without"},
		{map[string]string{"DATABASE_URL_FILE": path + "x"}, "", "DATABASE_URL_FILE: open "},
		{nil, "", "DATABASE_URL: is empty"},
	} {
		var url string
		s := &Settings{}
		s.AddSecret("DATABASE_URL", "", Text(&url))
		err := s.load(nil, func(name string) string { return test.env[name] })
		if url != test.value || (err == nil) != (test.err == "") || err != nil && !strings.HasPrefix(err.Error(), test.err) {
			t.Errorf("%v: %q, %v", test.env, url, err)
		}
	}
	s := &Settings{}
	s.Add("PRISM_PLAIN", "default", "", Text(new(string)))
	if err := s.load(nil, func(name string) string { return map[string]string{"PRISM_PLAIN_FILE": "/none"}[name] }); err != nil {
		t.Errorf("only secrets are read from files: %v", err)
	}
}

func TestBytes(t *testing.T) {
	for text, want := range map[string]int{"4096": 4096, "1KiB": 1024, "2MiB": 2 << 20, "1GiB": 1 << 30} {
		var n int
		if err := Bytes(&n, 1024, 1<<30)(text); err != nil || n != want {
			t.Errorf("%q: %d, %v", text, n, err)
		}
	}
	for _, bad := range []string{"", "1023", "2GiB", "-1", "1MB", "1 MiB", "MiB", "9223372036854775807GiB", "1.5MiB"} {
		if Bytes(new(int), 1024, 1<<30)(bad) == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func TestInt(t *testing.T) {
	var n int
	parse := Int(&n, 1, 9)
	for _, bad := range []string{"", "0", "10", "x", "1.5"} {
		if parse(bad) == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
	if err := parse("9"); err != nil || n != 9 {
		t.Error(n, err)
	}
}

func TestProbeAddress(t *testing.T) {
	got := []string{}
	for _, listen := range []string{":1", "0.0.0.0:1", "[::]:1", "[::1]:1", "10.0.0.1:1", "name:1"} {
		c := config{listen: listen}
		got = append(got, c.probeAddress())
	}
	want := []string{"127.0.0.1:1", "127.0.0.1:1", "[::1]:1", "[::1]:1", "10.0.0.1:1", "name:1"}
	if !slices.Equal(got, want) {
		t.Errorf("%q; want %q", got, want)
	}
}
