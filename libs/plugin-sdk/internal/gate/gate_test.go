package gate

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"
)

func TestDrainWaitsAndAborts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New()
		_, leaveFast, _ := g.Enter(t.Context())
		slow, leaveSlow, _ := g.Enter(t.Context())
		go func() {
			time.Sleep(time.Second) // the bubble's clock
			leaveFast()
		}()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		if finished, aborted := g.Drain(ctx); finished != 1 || aborted != 1 {
			t.Errorf("Drain = %d, %d; want 1, 1", finished, aborted)
		}
		if !errors.Is(context.Cause(slow), ErrAborted) {
			t.Errorf("the slow call's cause is %v", context.Cause(slow))
		}
		if _, _, ok := g.Enter(t.Context()); ok {
			t.Error("a closed gate admits calls")
		}
		leaveSlow()
		if finished, aborted := g.Drain(t.Context()); finished != 0 || aborted != 0 {
			t.Errorf("Drain of nothing = %d, %d", finished, aborted)
		}
		g.Open()
		if _, leave, ok := g.Enter(t.Context()); !ok {
			t.Error("an open gate refuses calls")
		} else {
			leave()
		}
	})
}

func TestDrainsAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := New()
		_, leave, _ := g.Enter(t.Context())
		done := make(chan int, 2)
		for range 2 {
			go func() {
				finished, _ := g.Drain(t.Context())
				done <- finished
			}()
		}
		synctest.Wait()
		leave()
		if a, b := <-done, <-done; a != 1 || b != 1 {
			t.Errorf("%d and %d finished", a, b)
		}
	})
}
