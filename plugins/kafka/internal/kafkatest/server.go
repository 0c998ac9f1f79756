// Package kafkatest starts private Kafka brokers for tests.
package kafkatest

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"github.com/twmb/franz-go/pkg/kgo"

	"prism.internal/plugin-sdk/plugintest"
)

// Server is a broker in KRaft mode, its own controller, on a loopback port that
// it keeps when restarted.
type Server struct {
	plugintest.Backend
	address    string
	overrides  []string // of containerfiles/kafka/server.properties
	root, jars string   // of a process
}

// Start starts a broker without topics. The caller calls Remove.
func Start() (*Server, error) {
	address, err := plugintest.FindAddress()
	if err != nil {
		return nil, err
	}
	controller, err := plugintest.FindAddress()
	if err != nil {
		return nil, err
	}
	s := &Server{address: address, overrides: []string{
		"--override", "listeners=PLAINTEXT://" + address + ",CONTROLLER://" + controller,
		"--override", "advertised.listeners=PLAINTEXT://" + address,
		"--override", "controller.quorum.voters=1@" + controller,
	}}
	s.Name, s.Ready, s.Process, s.Crash = "Kafka", s.ping, s.command, syscall.SIGKILL
	if plugintest.Containers() {
		options := []string{"--env=JDK_JAVA_OPTIONS=" + strings.Join(thrifty, " ")}
		s.Container = plugintest.NewContainer("localhost/prism/base-kafka", options, s.overrides...)
	} else {
		err = s.prepare()
	}
	if err == nil {
		err = s.Restart()
	}
	if err != nil {
		s.Remove()
		return nil, err
	}
	return s, nil
}

// thrifty makes Java use the first compiler alone: a broker of a test ends
// before the second pays.
var thrifty = []string{"-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xmx256m"}

// prepare makes what a process needs.
func (s *Server) prepare() (err error) {
	if _, err := exec.LookPath("java"); err != nil {
		return errMissing
	}
	if s.root, err = findRoot(); err != nil {
		return err
	}
	if s.jars, err = install(s.root); err != nil {
		return err
	}
	if s.Dir, err = plugintest.Directory(); err != nil {
		return err
	}
	s.overrides = append(s.overrides, "--override", "log.dirs="+s.Dir)
	return os.CopyFS(s.Dir, os.DirFS(filepath.Join(s.root, "containerfiles", "kafka", "data")))
}

// URL returns the address of the broker.
func (s *Server) URL() string { return "kafka://" + s.address }

func (s *Server) command() (*exec.Cmd, error) {
	properties := filepath.Join(s.root, "containerfiles", "kafka", "server.properties")
	arguments := append(slices.Clone(thrifty), "-cp", filepath.Join(s.jars, "*"), "kafka.Kafka", properties)
	cmd := exec.Command("java", append(arguments, s.overrides...)...)
	cmd.Dir = s.Dir
	return cmd, nil
}

func (s *Server) ping(ctx context.Context) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(s.address), kgo.RequestRetries(0))
	if err != nil {
		return err
	}
	defer client.Close()
	return client.Ping(ctx)
}
