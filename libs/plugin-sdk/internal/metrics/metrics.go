// Package metrics counts calls, and writes them in Prometheus' text format. The
// usual client library would cost a plugin a tenth of its size budget.
package metrics

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"runtime"
	"slices"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc/codes"
)

// Upper bounds in seconds, those of the proxy.
var buckets = []float64{0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5}

type endedKey struct {
	method string
	code   codes.Code
}

type histogram struct {
	counts []uint64 // one more than buckets
	sum    float64
}

// Calls are the calls that have ended. Methods are those of the service, so that
// clients cannot make the labels grow.
type Calls struct {
	mu    sync.Mutex
	ended map[endedKey]uint64
	took  map[string]*histogram
}

// NewCalls returns none.
func NewCalls() *Calls {
	return &Calls{ended: map[endedKey]uint64{}, took: map[string]*histogram{}}
}

// Observe counts a call that has ended.
func (c *Calls) Observe(method string, code codes.Code, took time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ended[endedKey{method, code}]++
	h := c.took[method]
	if h == nil {
		h = &histogram{counts: make([]uint64, len(buckets)+1)}
		c.took[method] = h
	}
	i, _ := slices.BinarySearch(buckets, took.Seconds())
	h.counts[i]++
	h.sum += took.Seconds()
}

// State is what else a plugin shows.
type State struct {
	Plugin, Version string
	InFlight        int
	Up              bool
}

// Write writes everything.
func (c *Calls) Write(w io.Writer, s State) {
	up := 0
	if s.Up {
		up = 1
	}
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	head(w, "prism_plugin_build_info", "gauge", "Always 1; labels name the build.")
	fmt.Fprintf(w, "prism_plugin_build_info{plugin=%q,version=%q} 1\n", s.Plugin, s.Version)
	gauge(w, "prism_plugin_up", "1 while the backend can serve.", up)
	gauge(w, "prism_plugin_calls_in_flight", "Calls being served now.", s.InFlight)
	gauge(w, "prism_plugin_heap_bytes", "Memory of live and not yet collected objects.", memory.HeapAlloc)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.writeEnded(w)
	c.writeTook(w)
}

func (c *Calls) writeEnded(w io.Writer) {
	head(w, "prism_plugin_calls_total", "counter", "Calls by final gRPC status.")
	keys := slices.SortedFunc(maps.Keys(c.ended), func(a, b endedKey) int {
		return cmp.Or(cmp.Compare(a.method, b.method), cmp.Compare(a.code, b.code))
	})
	for _, key := range keys {
		fmt.Fprintf(w, "prism_plugin_calls_total{method=%q,code=%q} %d\n", key.method, name(key.code), c.ended[key])
	}
}

func (c *Calls) writeTook(w io.Writer) {
	const seconds = "prism_plugin_call_duration_seconds"
	head(w, seconds, "histogram", "Time that calls took.")
	for _, method := range slices.Sorted(maps.Keys(c.took)) {
		h, sum := c.took[method], uint64(0)
		for i, bound := range buckets {
			sum += h.counts[i]
			fmt.Fprintf(w, "%s_bucket{method=%q,le=\"%g\"} %d\n", seconds, method, bound, sum)
		}
		sum += h.counts[len(buckets)]
		fmt.Fprintf(w, "%s_bucket{method=%q,le=\"+Inf\"} %d\n", seconds, method, sum)
		fmt.Fprintf(w, "%s_sum{method=%q} %g\n%s_count{method=%q} %d\n", seconds, method, h.sum, seconds, method, sum)
	}
}

func head(w io.Writer, name, kind, help string) {
	fmt.Fprintf(w, "# HELP %s %s\n# TYPE %s %s\n", name, help, name, kind)
}

func gauge(w io.Writer, name, help string, value any) {
	head(w, name, "gauge", help)
	fmt.Fprintf(w, "%s %v\n", name, value)
}

// name is that of the specification: DEADLINE_EXCEEDED for DeadlineExceeded.
func name(code codes.Code) string {
	if code == codes.OK {
		return "OK"
	}
	var b strings.Builder
	for i, r := range code.String() {
		if i > 0 && r >= 'A' && r <= 'Z' {
			b.WriteByte('_')
		}
		b.WriteRune(r)
	}
	return strings.ToUpper(b.String())
}
