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
)

// ErrMissing says that this machine has no PostgreSQL server to start.
var ErrMissing = errors.New("PostgreSQL's initdb and postgres are missing; install the package postgresql")

const startTimeout = 60 * time.Second

// Server is a private server on a loopback port that it keeps when restarted.
type Server struct {
	bin, dir, address string
	cmd               *exec.Cmd
	exited            chan struct{}
	log               bytes.Buffer
}

// Start makes a new database cluster and starts a server on it. The caller
// calls Remove.
func Start() (*Server, error) {
	bin, err := findBinaries()
	if err != nil {
		return nil, err
	}
	address, err := freeAddress()
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "pgtest-")
	if err != nil {
		return nil, err
	}
	s := &Server{bin: bin, dir: dir, address: address}
	if err := errors.Join(s.init(), s.Restart()); err != nil {
		s.Remove()
		return nil, err
	}
	return s, nil
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
	return fmt.Sprintf("postgres://postgres@%s/%s?sslmode=disable", s.address, database)
}

// Restart kills the server, if it runs, and starts it again.
func (s *Server) Restart() error {
	s.Kill()
	host, port, err := net.SplitHostPort(s.address)
	if err != nil {
		return err
	}
	cmd, err := s.command("postgres", "-D", s.data(), "-p", port,
		"-c", "listen_addresses="+host, "-c", "unix_socket_directories=", "-c", "fsync=off", "-c", "max_connections=50")
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
			return fmt.Errorf("postgres does not answer: %w", err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Kill ends the server and its connections at once, as a crash would. The data
// stay for Restart.
func (s *Server) Kill() {
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
	os.RemoveAll(s.dir) // a left-over directory must not fail a test
}
