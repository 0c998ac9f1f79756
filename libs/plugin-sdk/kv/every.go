package kv

import (
	"context"
	"sync"
	"time"
)

// Every calls work after each interval, one call after another, until the
// function that it returns is called: that ends the context of a running call,
// and waits for it. It is for what a store does besides its calls.
func Every(interval time.Duration, work func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() {
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
				work(ctx)
			}
		}
	})
	return func() {
		cancel()
		done.Wait()
	}
}
