package plugintest

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

func TestDirectoriesOfKilledTestsGo(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	own, err := Directory()
	if err != nil {
		t.Fatal(err)
	}
	pid := fmt.Sprint(os.Getpid())
	for name, stays := range map[string]bool{
		directories + "999999999.1-x": false, // no such process
		directories + pid + ".1-x":    false, // another had the number
		"other":                       true,
	} {
		path := filepath.Join(os.TempDir(), name)
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
		if _, err := Directory(); err != nil {
			t.Fatal(err)
		}
		if _, err := os.Stat(path); (err == nil) != stays {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := os.Stat(own); err != nil {
		t.Error(err)
	}
}
