package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os/exec"
	"strconv"
	"syscall"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
)

const readyLimit = 10 * time.Second

// measureReady starts a program RUNS times and prints, as a JSON array, the
// milliseconds from before its exec until it answers that it is ready. From
// here, not from Node: a fork of Node alone costs milliseconds.
func measureReady(args []string, out io.Writer) error {
	kind, address, program := args[0], args[1], args[3:]
	runs, err := strconv.Atoi(args[2])
	if err != nil {
		return err
	}
	probe, found := map[string]func(string) bool{"http": httpReady, "grpc": grpcReady}[kind]
	if !found {
		return fmt.Errorf("no such kind: %s", kind)
	}
	// Go's one-time initialisation must not count in the first run.
	probe(address)
	times := make([]float64, 0, runs)
	for range runs {
		took, err := measureOnce(address, probe, program)
		if err != nil {
			return err
		}
		times = append(times, float64(took.Microseconds())/1000)
	}
	return json.NewEncoder(out).Encode(times)
}

func measureOnce(address string, probe func(string) bool, program []string) (time.Duration, error) {
	if conn, err := net.Dial("tcp", address); err == nil {
		conn.Close()
		return 0, fmt.Errorf("something listens on %s already", address)
	}
	cmd := exec.Command(program[0], program[1:]...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return 0, err
	}
	defer cmd.Wait()
	defer cmd.Process.Kill()
	for {
		if probe(address) {
			return time.Since(start), nil
		}
		if time.Since(start) > readyLimit {
			return 0, errors.New(program[0] + " is not ready after " + readyLimit.String())
		}
		time.Sleep(100 * time.Microsecond)
	}
}

func httpReady(address string) bool {
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	answer, err := client.Get("http://" + address + "/health/ready")
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

func grpcReady(address string) bool {
	// Dials TCP first: a refused connection is detected at once, and gRPC's own back-off is long.
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return false
	}
	used := false
	dial := func(context.Context, string) (net.Conn, error) {
		if used {
			return nil, net.ErrClosed
		}
		used = true
		return conn, nil
	}
	client, err := grpc.NewClient("passthrough:///"+address, grpc.WithContextDialer(dial),
		grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		conn.Close()
		return false
	}
	defer client.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	answer, err := healthpb.NewHealthClient(client).Check(ctx, &healthpb.HealthCheckRequest{})
	return err == nil && answer.GetStatus() == healthpb.HealthCheckResponse_SERVING
}
