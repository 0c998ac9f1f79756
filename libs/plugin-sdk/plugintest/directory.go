package plugintest

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// directories is what the names of Directory begin with; what follows names the
// process that uses it.
const directories = "prism-test-"

// Directory makes a directory for a server's data, which the caller removes. It
// removes those of tests that were killed.
func Directory() (string, error) {
	left, err := filepath.Glob(filepath.Join(os.TempDir(), directories+"*"))
	for _, one := range left {
		owner, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(one), directories), "-")
		if !running(owner) {
			err = errors.Join(err, os.RemoveAll(one))
		}
	}
	if err != nil {
		return "", err
	}
	return os.MkdirTemp("", directories+self()+"-")
}

// self names this process among all that ever had its number.
func self() string { return startOf(fmt.Sprint(os.Getpid())) }

// running tells whether the process that self named is still there.
func running(name string) bool {
	pid, _, _ := strings.Cut(name, ".")
	return startOf(pid) == name
}

// startOf returns a process's number and when it began, "" if there is none.
func startOf(pid string) string {
	stat, err := os.ReadFile(filepath.Join("/proc", pid, "stat"))
	if err != nil {
		return ""
	}
	// The name of the program, which ends with the last parenthesis, may hold blanks.
	text := string(stat)
	fields := strings.Fields(text[strings.LastIndex(text, ")")+1:])
	const starttime = 22 - 3 // proc(5) counts from 1, and two fields are before
	return pid + "." + fields[starttime]
}
