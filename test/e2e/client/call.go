package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/credentials/insecure"
	_ "google.golang.org/grpc/health/grpc_health_v1" // registers its messages
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/reflect/protoregistry"
	"google.golang.org/protobuf/types/dynamicpb"
	_ "prism.internal/proto/keyvalue/v1"  // registers its messages
	_ "prism.internal/proto/lifecycle/v1" // registers its messages
)

// request is one line of standard input.
type request struct {
	Method    string            `json:"method"` // package.Service/Method
	Message   json.RawMessage   `json:"message"`
	Metadata  map[string]string `json:"metadata"`
	TimeoutMs int64             `json:"timeoutMs"`
}

// response is one line of standard output, in the order of the requests.
type response struct {
	Code     string          `json:"code"` // OK, or the canonical name of a gRPC code
	Text     string          `json:"text,omitempty"`
	Message  json.RawMessage `json:"message,omitempty"`
	ElapsedM float64         `json:"elapsedMs"`
}

func serveCalls(target string, in io.Reader, out io.Writer) error {
	// passthrough: the tests use addresses, and a proxy set in the environment must not be used for loopback.
	conn, err := grpc.NewClient("passthrough:///"+target,
		grpc.WithTransportCredentials(insecure.NewCredentials()), grpc.WithNoProxy(),
		// Tests restart servers. By default, gRPC would wait up to two minutes before it dials again.
		grpc.WithConnectParams(grpc.ConnectParams{MinConnectTimeout: time.Second}))
	if err != nil {
		return err
	}
	defer conn.Close()
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, 16<<20)
	answers := json.NewEncoder(out)
	for lines.Scan() {
		var r request
		if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
			return err
		}
		answer, err := call(conn, r)
		if err != nil {
			return err
		}
		if err := answers.Encode(answer); err != nil {
			return err
		}
	}
	return lines.Err()
}

// call makes one unary call. An error is a mistake in the test, not an answer.
func call(conn *grpc.ClientConn, r request) (*response, error) {
	service, method, _ := strings.Cut(r.Method, "/")
	found, err := protoregistry.GlobalFiles.FindDescriptorByName(protoreflect.FullName(service + "." + method))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", r.Method, err)
	}
	descriptor := found.(protoreflect.MethodDescriptor)
	in, out := dynamicpb.NewMessage(descriptor.Input()), dynamicpb.NewMessage(descriptor.Output())
	if err := protojson.Unmarshal(r.Message, in); err != nil {
		return nil, fmt.Errorf("%s: %w", r.Method, err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Duration(r.TimeoutMs)*time.Millisecond)
	defer cancel()
	ctx = metadata.NewOutgoingContext(ctx, metadata.New(r.Metadata))
	start := time.Now()
	err = conn.Invoke(ctx, "/"+r.Method, in, out)
	answer := &response{Code: codeName(status.Code(err)), ElapsedM: float64(time.Since(start).Microseconds()) / 1000}
	if err != nil {
		answer.Text = status.Convert(err).Message()
		return answer, nil
	}
	answer.Message, err = protojson.MarshalOptions{EmitUnpopulated: true}.Marshal(out)
	return answer, err
}

// codeName returns the canonical name of a code from the gRPC specification.
func codeName(c codes.Code) string {
	names := [...]string{
		"OK", "CANCELLED", "UNKNOWN", "INVALID_ARGUMENT", "DEADLINE_EXCEEDED", "NOT_FOUND", "ALREADY_EXISTS",
		"PERMISSION_DENIED", "RESOURCE_EXHAUSTED", "FAILED_PRECONDITION", "ABORTED", "OUT_OF_RANGE",
		"UNIMPLEMENTED", "INTERNAL", "UNAVAILABLE", "DATA_LOSS", "UNAUTHENTICATED",
	}
	if int(c) < len(names) {
		return names[c]
	}
	return c.String()
}
