// Command client is the gRPC client of the end-to-end tests.
//
//	client call HOST:PORT     calls, one JSON object a line on stdin, answers on stdout
//	client ready KIND …       how long a program takes from its start until it serves
package main

import (
	"fmt"
	"os"
)

func main() {
	var err error
	switch {
	case len(os.Args) == 3 && os.Args[1] == "call":
		err = serveCalls(os.Args[2], os.Stdin, os.Stdout)
	case len(os.Args) >= 6 && os.Args[1] == "ready":
		err = measureReady(os.Args[2:], os.Stdout)
	default:
		err = fmt.Errorf("usage: client call HOST:PORT | client ready http|grpc HOST:PORT RUNS PROGRAM [ARGUMENT…]")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
