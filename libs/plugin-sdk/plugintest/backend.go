package plugintest

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"time"
)

const (
	startTimeout = 60 * time.Second
	readyPause   = 20 * time.Millisecond // between two looks at a server that starts
)

// Backend is a server that tests kill and start again. It keeps its address and
// its data meanwhile.
type Backend struct {
	Name      string // for messages
	Ready     func(context.Context) error
	Container *Container
	// Of a process, without a Container:
	Dir     string // of its data
	Process func() (*exec.Cmd, error)
	Crash   syscall.Signal // ends it at once

	cmd    *exec.Cmd
	exited chan struct{}
	log    bytes.Buffer
}

// Restart kills the server, if it runs, and starts it with what is on its disk.
func (b *Backend) Restart() error {
	b.Kill()
	if err := b.start(); err != nil {
		return err
	}
	return b.waitReady()
}

func (b *Backend) start() error {
	if b.Container != nil {
		return b.Container.Restart()
	}
	cmd, err := b.Process()
	if err != nil {
		return err
	}
	b.log.Reset()
	cmd.Stdout, cmd.Stderr = &b.log, &b.log
	// Servers must not outlive a test process that is killed.
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{}
	}
	cmd.SysProcAttr.Pdeathsig = b.Crash
	if err := cmd.Start(); err != nil {
		return err
	}
	b.cmd, b.exited = cmd, make(chan struct{})
	go func(exited chan struct{}) {
		cmd.Wait() // how it ended is in its log
		close(exited)
	}(b.exited)
	return nil
}

func (b *Backend) waitReady() error {
	ctx, cancel := context.WithTimeout(context.Background(), startTimeout)
	defer cancel()
	for {
		err := b.Ready(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-b.exited:
			return fmt.Errorf("%s ended: %s", b.Name, b.output())
		case <-ctx.Done():
			return fmt.Errorf("%s does not answer: %w: %s", b.Name, err, b.output())
		case <-time.After(readyPause):
		}
	}
}

func (b *Backend) output() string {
	if b.Container != nil {
		return b.Container.Log()
	}
	return b.log.String() // may still be written, but only on a failure
}

// Kill ends the server and its connections at once, as a crash would. The data
// stay for Restart.
func (b *Backend) Kill() {
	if b.Container != nil {
		b.Container.Kill()
	}
	if b.cmd == nil {
		return
	}
	b.cmd.Process.Signal(b.Crash) // fails only if it has ended
	<-b.exited
	b.cmd = nil
}

// Remove kills the server and deletes its data.
func (b *Backend) Remove() {
	b.Kill()
	if b.Container != nil {
		b.Container.Remove()
		return
	}
	os.RemoveAll(b.Dir) // a left-over directory must not fail a test
}
