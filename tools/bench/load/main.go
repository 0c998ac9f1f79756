// Command load measures gRPC calls: clients that each call Get on a connection
// of its own, one call after the other. It prints one line of JSON.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"slices"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"

	keyvaluev1 "prism.internal/proto/keyvalue/v1"
)

const key = "load"

// result is what one run prints; times are of calls that were answered.
type result struct {
	PerSecond float64 `json:"perSecond"`
	P50       float64 `json:"p50Ms"`
	P99       float64 `json:"p99Ms"`
	Failed    int     `json:"failed"`
	// Calls are all, with those of the warm-up.
	Calls int `json:"calls"`
	// Failure is why the first call failed that did.
	Failure string `json:"failure,omitempty"`
}

// client is what one client saw.
type client struct {
	times   []time.Duration
	calls   int
	failed  int
	failure error
}

func main() {
	target := flag.String("target", "", "address and port")
	namespace := flag.String("namespace", "", "of the calls")
	clients := flag.Int("clients", 1, "how many call at once")
	warmUp := flag.Duration("warm-up", 500*time.Millisecond, "calls that are not counted")
	duration := flag.Duration("duration", 2*time.Second, "calls that are counted")
	flag.Parse()
	ctx := metadata.AppendToOutgoingContext(context.Background(), "x-prism-namespace", *namespace)
	measured, err := run(ctx, *target, *clients, *warmUp, *duration)
	if err == nil {
		err = json.NewEncoder(os.Stdout).Encode(measured)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "load:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, target string, clients int, warmUp, duration time.Duration) (result, error) {
	stubs := make([]keyvaluev1.KeyValueClient, clients)
	for i := range stubs {
		// As it is: an address needs no resolver, and loopback no proxy of the environment.
		connection, err := grpc.NewClient("passthrough:///"+target, grpc.WithNoProxy(),
			grpc.WithTransportCredentials(insecure.NewCredentials()))
		if err != nil {
			return result{}, err
		}
		defer connection.Close()
		stubs[i] = keyvaluev1.NewKeyValueClient(connection)
	}
	value := &keyvaluev1.SetRequest{Key: key, Value: make([]byte, 100)}
	if _, err := stubs[0].Set(ctx, value); err != nil {
		return result{}, err
	}
	begin := time.Now().Add(warmUp)
	all := make([]client, clients)
	var calling sync.WaitGroup
	for i, stub := range stubs {
		calling.Go(func() { all[i].call(ctx, stub, begin, begin.Add(duration)) })
	}
	calling.Wait()
	return sum(all, duration)
}

// call calls until the end, and notes the calls that began after begin.
func (c *client) call(ctx context.Context, stub keyvaluev1.KeyValueClient, begin, end time.Time) {
	for {
		start := time.Now()
		if start.After(end) {
			return
		}
		_, err := stub.Get(ctx, &keyvaluev1.GetRequest{Key: key})
		c.calls++
		switch {
		case start.Before(begin):
		case err != nil:
			c.failed++
			c.failure = err
		default:
			c.times = append(c.times, time.Since(start))
		}
	}
}

func sum(all []client, duration time.Duration) (result, error) {
	var total result
	var times []time.Duration
	for _, one := range all {
		times = append(times, one.times...)
		total.Failed += one.failed
		total.Calls += one.calls
		if one.failure != nil && total.Failure == "" {
			total.Failure = one.failure.Error()
		}
	}
	if len(times) == 0 {
		return result{}, errors.New("no call was answered: " + total.Failure)
	}
	slices.Sort(times)
	milliseconds := func(part float64) float64 {
		at := times[int(part*float64(len(times)-1))]
		return float64(at.Microseconds()) / 1000
	}
	total.PerSecond = float64(len(times)) / duration.Seconds()
	total.P50, total.P99 = milliseconds(0.5), milliseconds(0.99)
	return total, nil
}
