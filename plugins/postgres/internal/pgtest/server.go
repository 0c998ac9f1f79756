// Package pgtest starts private PostgreSQL servers for tests.
package pgtest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
	"time"

	"github.com/lib/pq"

	"prism.internal/plugin-sdk/plugintest"
)

// ErrMissing says that this machine has no PostgreSQL server to start.
var ErrMissing = errors.New("PostgreSQL's initdb and postgres are missing; install the package postgresql")

const startTimeout = 60 * time.Second

// Server is a private server on a loopback port that it keeps when restarted.
type Server struct {
	address   string
	user      string // and password, where the server asks for one
	container *plugintest.Container
	// Of a process instead:
	bin, dir string
	cmd      *exec.Cmd
	exited   chan struct{}
	log      bytes.Buffer
}

// Start makes a new database cluster and starts a server on it. The caller
// calls Remove.
func Start() (*Server, error) {
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	s := &Server{address: address, user: "postgres"}
	if plugintest.Containers() {
		err = s.contain()
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

// contain makes the server one in a container, whose first start makes the
// cluster.
func (s *Server) contain() error {
	settings, err := s.settings()
	const password = "POSTGRES_PASSWORD=test"
	s.user = "postgres:test"
	s.container = plugintest.NewContainer("localhost/prism/base-postgres", []string{"--env=" + password}, settings...)
	return err
}

// prepare makes the cluster for a process.
func (s *Server) prepare() (err error) {
	if s.bin, err = findBinaries(); err != nil {
		return err
	}
	if s.dir, err = plugintest.Directory(); err != nil {
		return err
	}
	return s.init()
}

// findBinaries looks on PATH and where Debian keeps PostgreSQL's versions.
func findBinaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", ErrMissing
	}
	return filepath.Dir(found[len(found)-1]), nil
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

func (s *Server) init() error {
	cmd, err := s.command("initdb", "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	if err != nil {
		return err
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("initdb: %w\n%s", err, out)
	}
	return nil
}

func (s *Server) data() string { return filepath.Join(s.dir, "data") }

// command runs as the user postgres if this process is root's, as which
// PostgreSQL refuses to run.
func (s *Server) command(name string, args ...string) (*exec.Cmd, error) {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.dir
	// Servers must not outlive a test process that is killed.
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGQUIT}
	if os.Getuid() != 0 {
		return cmd, nil
	}
	account, err := user.Lookup("postgres")
	if err != nil {
		return nil, err
	}
	uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
	gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
	if err := errors.Join(uidErr, gidErr, os.Chown(s.dir, int(uid), int(gid))); err != nil {
		return nil, err
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return cmd, nil
}

// URL returns the address of a database.
func (s *Server) URL(database string) string {
	return fmt.Sprintf("postgres://%s@%s/%s?sslmode=disable", s.user, s.address, database)
}

// Restart kills the server, if it runs, and starts it again.
func (s *Server) Restart() error {
	s.Kill()
	if s.container != nil {
		if err := s.container.Restart(); err != nil {
			return err
		}
		return s.waitReady()
	}
	settings, err := s.settings()
	if err != nil {
		return err
	}
	cmd, err := s.command("postgres", append([]string{"-D", s.data()}, settings...)...)
	if err != nil {
		return err
	}
	s.log.Reset()
	cmd.Stderr = &s.log
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

// settings returns the arguments of every server.
func (s *Server) settings() ([]string, error) {
	host, port, err := net.SplitHostPort(s.address)
	return []string{
		"-p", port, "-c", "listen_addresses=" + host, "-c", "unix_socket_directories=",
		"-c", "fsync=off", "-c", "max_connections=50",
	}, err
}

func (s *Server) waitReady() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	connector, err := pq.NewConnector(s.URL("postgres"))
	if err != nil {
		return err
	}
	for {
		conn, err := connector.Connect(ctx)
		if err == nil {
			return conn.Close()
		}
		select {
		case <-s.exited:
			return fmt.Errorf("postgres ended: %s", s.log.String())
		case <-ctx.Done():
			return fmt.Errorf("postgres does not answer: %w: %s", err, s.output())
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (s *Server) output() string {
	if s.container != nil {
		return s.container.Log()
	}
	return s.log.String() // may still be written, but only on a failure
}

// Kill ends the server and its connections at once, as a crash would. The data
// stay for Restart.
func (s *Server) Kill() {
	if s.container != nil {
		s.container.Kill()
	}
	if s.cmd == nil {
		return
	}
	s.cmd.Process.Signal(syscall.SIGQUIT) // fails only if it has ended
	<-s.exited
	s.cmd = nil
}

// Remove kills the server and deletes its data.
func (s *Server) Remove() {
	s.Kill()
	if s.container != nil {
		s.container.Remove()
		return
	}
	os.RemoveAll(s.dir) // a left-over directory must not fail a test
}
