// Package pgtest starts private PostgreSQL servers for tests.
package pgtest

import (
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

	"github.com/lib/pq"

	"prism.internal/plugin-sdk/plugintest"
)

const errMissing = plugintest.Missing("PostgreSQL's initdb and postgres are missing; install the package postgresql")

// Server is a private server on a loopback port that it keeps when restarted.
type Server struct {
	plugintest.Backend
	address string
	user    string // and password, where the server asks for one
	bin     string // of a process: the directory of the programs
}

// Start makes a new database cluster and starts a server on it. The caller
// calls Remove.
func Start() (*Server, error) {
	address, err := plugintest.FindAddress()
	if err != nil {
		return nil, err
	}
	s := &Server{address: address, user: "postgres"}
	s.Name, s.Ready, s.Process, s.Crash = "postgres", s.ping, s.postgres, syscall.SIGQUIT
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
	s.Container = plugintest.NewContainer("localhost/prism/base-postgres", []string{"--env=" + password}, settings...)
	return err
}

// prepare makes the cluster for a process.
func (s *Server) prepare() error {
	made, err := clusters.Start()
	if err != nil {
		return err
	}
	s.bin = made.bin
	if s.Dir, err = plugintest.Directory(); err != nil {
		return err
	}
	if out, err := exec.Command("cp", "-a", made.data(), s.data()).CombinedOutput(); err != nil {
		return fmt.Errorf("cp: %w\n%s", err, out)
	}
	return nil
}

// findBinaries looks on PATH and where Debian keeps PostgreSQL's versions.
func findBinaries() (string, error) {
	if path, err := exec.LookPath("initdb"); err == nil {
		return filepath.Dir(path), nil
	}
	found, err := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	if err != nil || len(found) == 0 {
		return "", errMissing
	}
	return filepath.Dir(found[len(found)-1]), nil
}

// clusters has one that no server uses: a copy for each server takes a fifth of
// initdb's time.
var clusters = plugintest.NewShared(makeCluster)

func makeCluster() (s *Server, err error) {
	s = &Server{}
	if s.bin, err = findBinaries(); err != nil {
		return nil, err
	}
	if s.Dir, err = plugintest.Directory(); err != nil {
		return nil, err
	}
	cmd, err := s.command("initdb", "-D", s.data(), "-U", "postgres", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync")
	if err == nil {
		var out []byte
		if out, err = cmd.CombinedOutput(); err != nil {
			err = fmt.Errorf("initdb: %w\n%s", err, out)
		}
	}
	if err != nil {
		s.Remove()
		return nil, err
	}
	return s, nil
}

func (s *Server) data() string { return filepath.Join(s.Dir, "data") }

// command runs as the user postgres if this process is root's, as which
// PostgreSQL refuses to run.
func (s *Server) command(name string, args ...string) (*exec.Cmd, error) {
	cmd := exec.Command(filepath.Join(s.bin, name), args...)
	cmd.Dir = s.Dir
	// Not even initdb may outlive a test process that is killed.
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
	if err := errors.Join(uidErr, gidErr, os.Chown(s.Dir, int(uid), int(gid))); err != nil {
		return nil, err
	}
	cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}
	return cmd, nil
}

// URL returns the address of a database.
func (s *Server) URL(database string) string {
	return fmt.Sprintf("postgres://%s@%s/%s?sslmode=disable", s.user, s.address, database)
}

func (s *Server) postgres() (*exec.Cmd, error) {
	settings, err := s.settings()
	if err != nil {
		return nil, err
	}
	return s.command("postgres", append([]string{"-D", s.data()}, settings...)...)
}

// settings returns the arguments of every server.
func (s *Server) settings() ([]string, error) {
	host, port, err := net.SplitHostPort(s.address)
	return []string{
		"-p", port, "-c", "listen_addresses=" + host, "-c", "unix_socket_directories=",
		"-c", "fsync=off", "-c", "max_connections=50",
	}, err
}

func (s *Server) ping(ctx context.Context) error {
	connector, err := pq.NewConnector(s.URL("postgres"))
	if err != nil {
		return err
	}
	conn, err := connector.Connect(ctx)
	if err != nil {
		return err
	}
	return conn.Close()
}
