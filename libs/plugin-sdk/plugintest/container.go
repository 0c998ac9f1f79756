package plugintest

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"sync"
)

// Container is a server in a container of Podman, on the network of the host.
type Container struct {
	image   string
	options []string // of podman run
	args    []string // of the server
	id      string
}

// Containers tells whether tests run their servers in containers of this
// workspace's images, which `nx load-image` puts into Podman. The tier of
// embedded backends never does.
func Containers() bool { return os.Getenv("PRISM_TEST_SERVERS") == "podman" && !embeddedOnly() }

// NewContainer returns a container that Restart starts.
func NewContainer(image string, options []string, args ...string) *Container {
	return &Container{image: image, options: options, args: args}
}

// Restart kills the server, if it runs, and starts it with what is on its disk.
func (c *Container) Restart() error {
	c.Kill()
	if c.id != "" {
		_, err := podman("start", c.id)
		return err
	}
	if err := sweep(); err != nil {
		return err
	}
	run := []string{"run", "--detach", "--pull=never", "--network=host", "--label=" + label + "=" + self()}
	id, err := podman(append(append(append(run, c.options...), c.image), c.args...)...)
	c.id = id
	return err
}

// Kill ends the server at once, as a crash would.
func (c *Container) Kill() {
	if c.id != "" {
		podman("kill", c.id) // fails only if it has ended
	}
}

// Remove kills the server and deletes its data.
func (c *Container) Remove() {
	if c.id != "" {
		remove(c.id)
	}
}

// Log returns what the server printed.
func (c *Container) Log() string {
	out, _ := exec.Command("podman", "logs", c.id).CombinedOutput()
	return string(out)
}

func remove(ids ...string) error {
	_, err := podman(append([]string{"rm", "--force", "--volumes", "--time=0"}, ids...)...)
	return err
}

func podman(args ...string) (string, error) {
	out, err := exec.Command("podman", args...).Output()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		err = fmt.Errorf("podman %s: %w: %s", args[0], err, exit.Stderr)
	}
	return strings.TrimSpace(string(out)), err
}

// label of a container names the process of the tests that started it.
const label = "prism.plugintest"

// sweep removes containers of tests that were killed, once in a process.
var sweep = sync.OnceValue(func() error {
	list, err := podman("ps", "--all", "--filter=label="+label, `--format={{.ID}} {{index .Labels "`+label+`"}}`)
	if err != nil {
		return err
	}
	for line := range strings.Lines(list) {
		id, owner, _ := strings.Cut(strings.TrimSpace(line), " ")
		if running(owner) {
			continue
		}
		if err := remove(id); err != nil {
			return err
		}
	}
	return nil
})
