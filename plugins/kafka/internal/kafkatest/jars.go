package kafkatest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"prism.internal/plugin-sdk/plugintest"
)

const errMissing = plugintest.Missing("java or mvn is missing; install the packages openjdk-17-jre-headless and maven")

// findRoot returns the directory of the workspace.
func findRoot() (string, error) {
	directory, err := os.Getwd()
	for ; err == nil && directory != filepath.Dir(directory); directory = filepath.Dir(directory) {
		if _, err := os.Stat(filepath.Join(directory, "go.work")); err == nil {
			return directory, nil
		}
	}
	return "", errors.Join(err, errors.New("there is no go.work above this directory"))
}

// install returns the directory of Kafka's jars, which it fetches once.
func install(root string) (string, error) {
	cmd := exec.Command(filepath.Join(root, "tools", "setup", "install-kafka"))
	out, err := cmd.Output()
	if err == nil {
		return strings.TrimSpace(string(out)), nil
	}
	if _, missing := exec.LookPath("mvn"); missing != nil {
		return "", errMissing
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("%w: %s", err, exit.Stderr)
	}
	return "", fmt.Errorf("%s: %w", cmd.Path, err)
}
