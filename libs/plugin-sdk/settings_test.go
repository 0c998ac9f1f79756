package sdk

import (
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
	env := func(string) string { return "from the environment" }
	if err := s.load([]string{"--database-url=x"}, env); err == nil || url != "from the environment" {
		t.Errorf("%v, %q", err, url)
	}
	if strings.Contains(s.usage(), "--database-url") {
		t.Error("--help offers a flag for a secret")
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
