package natstest

import (
	"context"
	"net"

	"github.com/nats-io/nats.go"

	"prism.internal/plugin-sdk/plugintest"
)

func contain(address string, args []string) *plugintest.Backend {
	host, port, _ := net.SplitHostPort(address)
	args = append([]string{"-a", host, "-p", port}, args...)
	return &plugintest.Backend{
		Name:      "NATS",
		Ready:     func(context.Context) error { return ping(address) },
		Container: plugintest.NewContainer("localhost/prism/base-nats", nil, args...),
	}
}

func ping(address string) error {
	conn, err := nats.Connect("nats://" + address)
	if err != nil {
		return err
	}
	conn.Close()
	return nil
}
