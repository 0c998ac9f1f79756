package plugintest

import (
	"testing"
	"time"
)

const (
	patience = 30 * time.Second
	pause    = 5 * time.Millisecond // between polls
)

// Eventually polls until try returns nil. In vain, the test fails with the last
// error.
func Eventually(t *testing.T, try func() error) {
	t.Helper()
	for deadline := time.Now().Add(patience); ; time.Sleep(pause) {
		err := try()
		if err == nil {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("waited %s in vain: %v", patience, err)
		}
	}
}
