package contract

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"google.golang.org/grpc/codes"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	reflectionpb "google.golang.org/grpc/reflection/grpc_reflection_v1"

	"prism.internal/plugin-sdk/plugintest"
	keyvaluev1 "prism.internal/proto/keyvalue/v1"
	lifecyclev1 "prism.internal/proto/lifecycle/v1"
)

// ask sends one request of reflection, on a stream that stays open.
func (p plugin) ask(t *testing.T, request *reflectionpb.ServerReflectionRequest) *reflectionpb.ServerReflectionResponse {
	t.Helper()
	stream, err := reflectionpb.NewServerReflectionClient(p.conn).ServerReflectionInfo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := stream.Send(request); err != nil {
		t.Fatal(err)
	}
	answer, err := stream.Recv()
	if err != nil {
		t.Fatal(err)
	}
	return answer
}

// list returns the services, sorted.
func (p plugin) list(t *testing.T) (names []string) {
	t.Helper()
	answer := p.ask(t, &reflectionpb.ServerReflectionRequest{
		MessageRequest: &reflectionpb.ServerReflectionRequest_ListServices{ListServices: "*"},
	})
	for _, service := range answer.GetListServicesResponse().GetService() {
		names = append(names, service.Name)
	}
	slices.Sort(names)
	return names
}

func TestReflection(t *testing.T) {
	t.Parallel()
	p := start(t)
	if got := strings.Join(p.list(t), " "); got != "grpc.health.v1.Health grpc.reflection.v1.ServerReflection "+data {
		t.Errorf("services: %s", got)
	}
	file := p.ask(t, &reflectionpb.ServerReflectionRequest{
		MessageRequest: &reflectionpb.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: data},
	})
	if n := len(file.GetFileDescriptorResponse().GetFileDescriptorProto()); n == 0 {
		t.Errorf("no descriptor of %s: %v", data, file)
	}
}

func (p plugin) page(t *testing.T, path string) (int, string) {
	t.Helper()
	resp, err := http.Get("http://" + p.web + path)
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

func (p plugin) wantPage(t *testing.T, path string, status int, body string) {
	t.Helper()
	if code, text := p.page(t, path); code != status || text != body {
		t.Errorf("%s: %d %q; want %d %q", path, code, text, status, body)
	}
}

func TestPages(t *testing.T) {
	t.Parallel()
	p := start(t)
	p.wantPage(t, "/ready", http.StatusOK, "ok\n")
	p.wantPage(t, "/live", http.StatusOK, "ok\n")
	p.wantPage(t, "/other", http.StatusNotFound, "not found\n")
	if _, err := p.kv.Get(t.Context(), &keyvaluev1.GetRequest{Key: "k"}); err != nil {
		t.Fatal(err)
	}
	_, err := p.kv.Get(t.Context(), &keyvaluev1.GetRequest{})
	wantCode(t, "Get without a key", err, codes.InvalidArgument)
	err = p.conn.Invoke(t.Context(), "/"+data+"/Other", new(keyvaluev1.GetRequest), new(keyvaluev1.GetResponse))
	wantCode(t, "a method that is not there", err, codes.Unimplemented)
	code, body := p.page(t, "/metrics")
	for _, line := range []string{
		"prism_plugin_build_info{plugin=", "prism_plugin_up 1\n", "prism_plugin_calls_in_flight 0\n",
		"prism_plugin_calls_total{method=\"Get\",code=\"OK\"} 1\n",
		"prism_plugin_calls_total{method=\"Get\",code=\"INVALID_ARGUMENT\"} 1\n",
		"prism_plugin_call_duration_seconds_bucket{method=\"Get\",le=\"0.0001\"} ",
		"prism_plugin_call_duration_seconds_bucket{method=\"Get\",le=\"5\"} ",
		"prism_plugin_call_duration_seconds_bucket{method=\"Get\",le=\"+Inf\"} 2\n",
		"prism_plugin_call_duration_seconds_sum{method=\"Get\"} ",
		"prism_plugin_call_duration_seconds_count{method=\"Get\"} 2\n",
	} {
		if code != http.StatusOK || !strings.Contains(body, "\n"+line) {
			t.Errorf("/metrics lacks %s: %d\n%s", line, code, body)
		}
	}
	if strings.Contains(body, "Other") {
		t.Errorf("clients make labels:\n%s", body)
	}
}

// Clients that reach only the data port, as those of the proxy, cannot stop the plugin.
func TestLifecycleIsApartFromTheData(t *testing.T) {
	t.Parallel()
	p := start(t)
	life := lifecyclev1.NewLifecycleClient(p.conn)
	_, stop := life.Stop(t.Context(), &lifecyclev1.StopRequest{})
	_, drain := life.Drain(t.Context(), &lifecyclev1.DrainRequest{})
	_, get := keyvaluev1.NewKeyValueClient(plugintest.Connect(t, p.control)).Get(t.Context(), &keyvaluev1.GetRequest{Key: "k"})
	for what, err := range map[string]error{"Stop": stop, "Drain": drain, "Get": get} {
		wantCode(t, what, err, codes.Unimplemented)
	}
	p.await(t, healthpb.HealthCheckResponse_SERVING)
}

func TestLifecycle(t *testing.T) {
	t.Parallel()
	p := start(t)
	init, err := p.life.Initialize(t.Context(), &lifecyclev1.InitializeRequest{})
	if err != nil || fmt.Sprint(init.Interfaces) != "["+data+"]" {
		t.Errorf("Initialize = %v, %v", init, err)
	}
	_, err = p.life.Initialize(t.Context(), &lifecyclev1.InitializeRequest{Name: "?"})
	wantCode(t, "Initialize of another plugin", err, codes.InvalidArgument)
	_, err = p.life.Drain(t.Context(), &lifecyclev1.DrainRequest{TimeoutMs: -1})
	wantCode(t, "Drain in no time", err, codes.InvalidArgument)

	if _, err := p.life.Drain(t.Context(), &lifecyclev1.DrainRequest{Reason: "test"}); err != nil {
		t.Fatal(err)
	}
	p.await(t, healthpb.HealthCheckResponse_NOT_SERVING)
	_, err = p.kv.Get(t.Context(), &keyvaluev1.GetRequest{Key: "k"})
	wantCode(t, "Get during a drain", err, codes.Unavailable)
	p.wantPage(t, "/ready", http.StatusServiceUnavailable, "draining\n")
	if _, body := p.page(t, "/metrics"); !strings.Contains(body, "\nprism_plugin_up 0\n") {
		t.Errorf("/metrics during a drain:\n%s", body)
	}
	check, err := p.life.HealthCheck(t.Context(), &lifecyclev1.HealthCheckRequest{})
	if err != nil || check.Status != lifecyclev1.HealthCheckResponse_STATUS_DEGRADED || check.Details["version"] == "" {
		t.Errorf("HealthCheck = %v, %v", check, err)
	}

	started, err := p.life.Start(t.Context(), &lifecyclev1.StartRequest{})
	if err != nil || started.DataEndpoint != p.address {
		t.Errorf("Start = %v, %v", started, err)
	}
	p.await(t, healthpb.HealthCheckResponse_SERVING)
	_, err = p.kv.Get(t.Context(), &keyvaluev1.GetRequest{Key: "k"})
	wantCode(t, "Get after Start", err, codes.OK)
	if _, err := p.life.Stop(t.Context(), &lifecyclev1.StopRequest{}); err != nil {
		t.Error(err)
	}
}
