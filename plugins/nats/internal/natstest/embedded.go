package natstest

import (
	"crypto/tls"
	"errors"
	"net"
	"strconv"
	"time"

	"github.com/nats-io/nats-server/v2/server"
)

const patience = 20 * time.Second

// embedded is a server in the process of the test.
type embedded struct {
	options *server.Options
	running *server.Server
}

func embed(address, dir string, maxPayload int32, secure *tls.Config) *embedded {
	host, port, _ := net.SplitHostPort(address)
	number, _ := strconv.Atoi(port)
	return &embedded{options: &server.Options{
		Host: host, Port: number, JetStream: true, StoreDir: dir, MaxPayload: maxPayload, NoSigs: true, NoLog: true,
		TLS: secure != nil, TLSConfig: secure,
	}}
}

func (e *embedded) Restart() (err error) {
	e.Kill()
	if e.running, err = server.NewServer(e.options.Clone()); err != nil {
		return err
	}
	e.running.Start()
	if !e.running.ReadyForConnections(patience) {
		return errors.New("the server does not start")
	}
	return nil
}

func (e *embedded) Kill() {
	if e.running != nil {
		e.running.Shutdown()
		e.running.WaitForShutdown()
	}
}

// Remove leaves the data to the test, whose directory they are in.
func (e *embedded) Remove() { e.Kill() }
