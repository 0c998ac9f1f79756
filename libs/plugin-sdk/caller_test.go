package sdk

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/grpc/metadata"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/protobuf/types/known/emptypb"

	"prism.internal/plugin-sdk/kv"
	keyvaluev1 "prism.internal/proto/keyvalue/v1"
)

func TestNamespaceOfCalls(t *testing.T) {
	var seen atomic.Value
	r := start(t, &fake{get: func(ctx context.Context, _ string) ([]byte, bool, error) {
		seen.Store(kv.Namespace(ctx))
		return nil, false, nil
	}})
	for _, test := range []struct {
		metadata []string
		want     string
		code     codes.Code
	}{
		{nil, "", codes.OK},
		{[]string{"a.b-c_1"}, "a.b-c_1", codes.OK},
		{[]string{"a", "b"}, "", codes.InvalidArgument},
		{[]string{""}, "", codes.InvalidArgument},
		{[]string{"a/b"}, "", codes.InvalidArgument},
		{[]string{strings.Repeat("a", 64)}, "", codes.InvalidArgument},
	} {
		seen.Store("")
		ctx := t.Context()
		for _, value := range test.metadata {
			ctx = metadata.AppendToOutgoingContext(ctx, "x-prism-namespace", value)
		}
		wantCode(t, <-r.get(ctx), test.code)
		if got := seen.Load(); got != test.want {
			t.Errorf("%q: the store sees %q", test.metadata, got)
		}
	}
}

// bytesCodec sends and receives bytes as they are.
type bytesCodec struct{}

func (bytesCodec) Marshal(v any) ([]byte, error) { return v.([]byte), nil }
func (bytesCodec) Unmarshal([]byte, any) error   { return nil }
func (bytesCodec) Name() string                  { return "proto" }

func TestMalformedMessagesAreTheCallersFault(t *testing.T) {
	r := start(t, &fake{})
	conn := connect(t, r.addr)
	for _, method := range []string{"Set", "Get", "Delete", "Exists", "Expire", "GetTTL", "Persist", "Scan"} {
		err := conn.Invoke(t.Context(), "/"+data+"/"+method, []byte{0xff}, new(emptypb.Empty), grpc.ForceCodec(bytesCodec{}))
		wantCode(t, err, codes.InvalidArgument)
	}
}

func TestFullStore(t *testing.T) {
	r := start(t, &fake{get: func(context.Context, string) ([]byte, bool, error) { return nil, false, kv.ErrFull }})
	wantCode(t, <-r.get(t.Context()), codes.ResourceExhausted)
}

func TestReflectionListsTheDataPlane(t *testing.T) {
	r := start(t, &fake{})
	stream, err := reflectionpb.NewServerReflectionClient(connect(t, r.addr)).ServerReflectionInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	ask := &reflectionpb.ServerReflectionRequest{
		MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{ListServices: "*"},
	}
	if err := stream.Send(ask); err != nil {
		t.Fatal(err)
	}
	answer, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, service := range answer.GetListServicesResponse().GetService() {
		names = append(names, service.Name)
	}
	if got := strings.Join(names, " "); got != "grpc.health.v1.Health grpc.reflection.v1.ServerReflection "+data {
		t.Errorf("services: %s", got)
	}
}

func (r *running) page(t *testing.T, path string) (int, string) {
	t.Helper()
	resp, err := http.Get("http://" + r.web + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(body)
}

func TestMetricsAndReadiness(t *testing.T) {
	store := &fake{get: func(context.Context, string) ([]byte, bool, error) { return nil, false, kv.ErrUnavailable }}
	r := start(t, store)
	r.waitHealth(t, "", healthpb.HealthCheckResponse_SERVING)
	if code, body := r.page(t, "/ready"); code != http.StatusOK || body != "ok\n" {
		t.Errorf("/ready: %d %q", code, body)
	}
	<-r.get(t.Context())
	if _, err := r.kv.Get(t.Context(), &keyvaluev1.GetRequest{}); err == nil {
		t.Error("a Get without a key succeeds")
	}
	code, body := r.page(t, "/metrics")
	for _, line := range []string{
		`prism_plugin_build_info{plugin="fake",version="1"} 1`,
		"prism_plugin_up 1", "prism_plugin_calls_in_flight 0",
		`prism_plugin_calls_total{method="Get",code="UNAVAILABLE"} 1`,
		`prism_plugin_calls_total{method="Get",code="INVALID_ARGUMENT"} 1`,
		`prism_plugin_call_duration_seconds_bucket{method="Get",le="+Inf"} 2`,
		`prism_plugin_call_duration_seconds_count{method="Get"} 2`,
	} {
		if code != http.StatusOK || !strings.Contains(body, line+"\n") {
			t.Errorf("/metrics lacks %s: %d\n%s", line, code, body)
		}
	}
	if code, _ := r.page(t, "/other"); code != http.StatusNotFound {
		t.Errorf("/other: %d", code)
	}
	down := errors.New("password in here")
	store.down.Store(&down)
	r.waitHealth(t, "", healthpb.HealthCheckResponse_NOT_SERVING)
	if code, body := r.page(t, "/ready"); code != http.StatusServiceUnavailable || body != "the backend is down\n" {
		t.Errorf("/ready of a backend that is down: %d %q", code, body)
	}
}
