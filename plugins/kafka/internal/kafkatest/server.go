// Package kafkatest starts private Kafka brokers for tests.
package kafkatest

import (
	"bytes"
	"context"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"prism.internal/plugin-sdk/plugintest"
)

const startTimeout = 60 * time.Second

// Server is a broker in KRaft mode, its own controller, on a loopback port that
// it keeps when restarted.
type Server struct {
	address   string
	overrides []string // of containerfiles/kafka/server.properties
	container *plugintest.Container
	// Of a process instead:
	root, jars, dir string
	cmd             *exec.Cmd
	exited          chan struct{}
	log             bytes.Buffer
}

// Start starts a broker without topics. The caller calls Remove.
func Start() (*Server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	controller, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s := &Server{address: address, overrides: []string{
		"--override", "listeners=PLAINTEXT://" + address + ",CONTROLLER://" + controller,
		"--override", "advertised.listeners=PLAINTEXT://" + address,
		"--override", "controller.quorum.voters=1@" + controller,
	}}
	if plugintest.Containers() {
		options := []string{"--env=JDK_JAVA_OPTIONS=" + strings.Join(thrifty, " ")}
		s.container = plugintest.NewContainer("localhost/prism/base-kafka", options, s.overrides...)
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
		return ErrMissing
	}
	if s.root, err = findRoot(); err != nil {
		return err
	}
	if s.jars, err = install(s.root); err != nil {
		return err
	}
	if s.dir, err = plugintest.Directory(); err != nil {
		return err
	}
	s.overrides = append(s.overrides, "--override", "log.dirs="+s.dir)
	return os.CopyFS(s.dir, os.DirFS(filepath.Join(s.root, "containerfiles", "kafka", "data")))
}

// freeAddress returns a loopback address on which nothing listens.
func freeAddress() (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	defer l.Close()
	return l.Addr().String(), nil
}

// URL returns the address of the broker.
func (s *Server) URL() string { return "kafka://" + s.address }

// Restart kills the broker, if it runs, and starts it with what is on its disk.
func (s *Server) Restart() error {
	s.Kill()
	if s.container != nil {
		if err := s.container.Restart(); err != nil {
			return err
		}
		return s.waitReady()
	}
	s.log.Reset()
	properties := filepath.Join(s.root, "containerfiles", "kafka", "server.properties")
	arguments := append(slices.Clone(thrifty), "-cp", filepath.Join(s.jars, "*"), "kafka.Kafka", properties)
	cmd := exec.Command("java", append(arguments, s.overrides...)...)
	cmd.Dir = s.dir
	cmd.Stdout, cmd.Stderr = &s.log, &s.log
	// Servers must not outlive a test process that is killed.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.cmd, s.exited = cmd, make(chan struct{})
	go func(exited chan struct{}) {
		cmd.Wait() // how it ended is in its log
		close(exited)
	}(s.exited)
	return s.waitReady()
}

func (s *Server) waitReady() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for {
		err := ping(ctx, s.address)
		if err == nil {
			return nil
		}
		select {
		case <-s.exited:
			return fmt.Errorf("Kafka ended: %s", s.output())
		case <-ctx.Done():
			return fmt.Errorf("Kafka does not answer: %w: %s", err, s.output())
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (s *Server) output() string {
	if s.container != nil {
		return s.container.Log()
	}
	return s.log.String() // may still be written, but only on a failure
}

func ping(ctx context.Context, address string) error {
	client, err := kgo.NewClient(kgo.SeedBrokers(address), kgo.RequestRetries(0))
	if err != nil {
		return err
	}
	defer client.Close()
	return client.Ping(ctx)
}

// Kill ends the broker at once, as a crash would. The data stay for Restart.
func (s *Server) Kill() {
	if s.container != nil {
		s.container.Kill()
	}
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Kill() // fails only if it has ended
	<-s.exited
	s.cmd = nil
}

// Remove kills the broker and deletes its data.
func (s *Server) Remove() {
	s.Kill()
	if s.container != nil {
		s.container.Remove()
		return
	}
	os.RemoveAll(s.dir) // a left-over directory must not fail a test
}
