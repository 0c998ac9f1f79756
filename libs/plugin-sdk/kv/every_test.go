package kv

import (
	"context"
	"testing"
	"testing/synctest"
	"time"
)

func TestEvery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		calls := 0
		stop := Every(time.Minute, func(context.Context) { calls++ })
		time.Sleep(3*time.Minute + time.Second)
		stop()
		time.Sleep(time.Hour)
		if calls != 3 {
			t.Errorf("%d calls in three minutes, and none later; want 3", calls)
		}
	})
}

func TestEveryWaitsForWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		started, ended := make(chan struct{}), false
		stop := Every(time.Minute, func(ctx context.Context) {
			close(started)
			<-ctx.Done()
			time.Sleep(time.Second)
			ended = true
		})
		<-started
		stop()
		if !ended {
			t.Error("stop returned while work ran")
		}
	})
}
