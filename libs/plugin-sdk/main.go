// Package sdk is what the plugins share: configuration, logging, the gRPC
// server with health and lifecycle, and graceful shutdown. A plugin brings a
// kv.Store and calls Main.
package sdk

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"prism.internal/plugin-sdk/internal/health"
	"prism.internal/plugin-sdk/kv"
)

// Exit statuses of Main.
const (
	exitOK      = 0 // stopped as asked
	exitFailure = 1 // could not listen or open, or aborted calls when stopping
	exitUsage   = 2 // the configuration is wrong
)

const probeTimeout = 2 * time.Second

// Plugin is one key-value plugin.
type Plugin struct {
	Name    string // as in "memstore"; the binary is plugin-memstore
	Version string
	// Settings declares the plugin's own settings; may be nil.
	Settings func(*Settings)
	// Open is called once the settings are stored. It does not wait for the
	// backend: Store.Ping tells when that can serve.
	Open func(*slog.Logger) (kv.Store, error)
}

// Main runs the plugin until SIGTERM, SIGINT or Lifecycle.Stop, and exits.
func Main(p Plugin) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	// Once draining, a second signal ends the process the hard way.
	context.AfterFunc(ctx, stop)
	os.Exit(p.run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr))
}

func (p Plugin) run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	command := ""
	if len(args) > 0 {
		command = args[0]
	}
	switch command {
	case "--version", "-version", "version":
		fmt.Fprintf(stdout, "plugin-%s %s\n", p.Name, p.Version)
		return exitOK
	case "--help", "-help", "-h", "help":
		fmt.Fprint(stdout, p.help())
		return exitOK
	case "health":
		return p.health(ctx, args[1:], getenv, stderr)
	}
	var c config
	settings := c.settings()
	if p.Settings != nil {
		p.Settings(settings)
	}
	if err := settings.load(args, getenv); err != nil {
		return p.refuse(stderr, err)
	}
	log := slog.New(slog.NewJSONHandler(stderr, &slog.HandlerOptions{Level: c.level})).With("plugin", p.Name)
	if err := serve(ctx, p, c, log); err != nil {
		log.Error("plugin failed", "error", err)
		return exitFailure
	}
	return exitOK
}

// health is the container's health check. It needs no setting of the plugin.
func (p Plugin) health(ctx context.Context, args []string, getenv func(string) string, stderr io.Writer) int {
	var c config
	if err := c.settings().load(args, getenv); err != nil {
		return p.refuse(stderr, err)
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	if err := health.Probe(ctx, c.probeAddress(), ""); err != nil {
		fmt.Fprintf(stderr, "plugin-%s is not healthy at %s: %v\n", p.Name, c.probeAddress(), err)
		return exitFailure
	}
	return exitOK
}

func (p Plugin) refuse(stderr io.Writer, err error) int {
	fmt.Fprintf(stderr, "plugin-%s: the configuration is wrong:\n%v\nplugin-%s --help lists every setting.\n", p.Name, err, p.Name)
	return exitUsage
}

func (p Plugin) help() string {
	var c config
	settings := c.settings()
	if p.Settings != nil {
		p.Settings(settings)
	}
	return fmt.Sprintf("usage: plugin-%s [flags]     serve until SIGTERM\n"+
		"       plugin-%s health      exit 0 if the plugin on this machine serves, else 1\n"+
		"       plugin-%s --version\n\n%s", p.Name, p.Name, p.Name, settings.usage())
}
