// Package contract tests by gRPC and HTTP what every plugin promises to clients
// and operators, in whatever language: `conform` starts it for any command.
// Without one it tests a plugin of its own.
package contract

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"testing"

	"google.golang.org/grpc"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"

	sdk "prism.internal/plugin-sdk"
	"prism.internal/plugin-sdk/conformance"
	"prism.internal/plugin-sdk/kv"
	"prism.internal/plugin-sdk/plugintest"
	keyvaluev1 "prism.internal/proto/keyvalue/v1"
	lifecyclev1 "prism.internal/proto/lifecycle/v1"
)

const data = "prism.keyvalue.v1.KeyValue"

func TestMain(m *testing.M) {
	plugintest.Main(m, func() {
		sdk.Main(sdk.Plugin{
			Name: "own", Version: "1",
			Open: func(*slog.Logger) (kv.Store, error) { return kv.Apart(newStore()), nil },
		})
	})
}

// plugin is one that runs as a process of its own.
type plugin struct {
	address, control, web string
	conn                  *grpc.ClientConn
	kv                    keyvaluev1.KeyValueClient
	life                  lifecyclev1.LifecycleClient
}

// start returns a plugin that serves; at the end of the test SIGTERM has to end it well.
func start(t *testing.T, env ...string) plugin {
	t.Helper()
	p := plugin{control: plugintest.FreeAddress(t), web: plugintest.FreeAddress(t)}
	env = append(env, "PRISM_CONTROL_LISTEN="+p.control, "PRISM_METRICS_LISTEN="+p.web)
	p.address = plugintest.Launch(t, env...)
	// A client that is refused once waits for a second.
	plugintest.Eventually(t, func() error {
		conn, err := net.Dial("tcp", p.address)
		if err != nil {
			return err
		}
		return conn.Close()
	})
	p.conn = plugintest.Connect(t, p.address)
	p.kv = keyvaluev1.NewKeyValueClient(p.conn)
	p.life = lifecyclev1.NewLifecycleClient(plugintest.Connect(t, p.control))
	p.await(t, healthpb.HealthCheckResponse_SERVING)
	return p
}

// await waits until health has that status for the whole plugin and for its data.
func (p plugin) await(t *testing.T, want healthpb.HealthCheckResponse_ServingStatus) {
	t.Helper()
	plugintest.Eventually(t, func() error {
		for _, service := range []string{"", data} {
			ask := &healthpb.HealthCheckRequest{Service: service}
			found, err := healthpb.NewHealthClient(p.conn).Check(t.Context(), ask)
			if err != nil || found.Status != want {
				return fmt.Errorf("health of %q: %v, %v; want %s", service, found, err, want)
			}
		}
		return nil
	})
}

func TestStore(t *testing.T) {
	t.Parallel()
	p := start(t)
	conformance.Run(t, func(t *testing.T) kv.Store {
		store := plugintest.Remote(p.kv)
		empty(t, store)
		return store
	})
	t.Run("Namespaces", func(t *testing.T) {
		conformance.RunNamespaces(t, func(t *testing.T) kv.Store {
			store := plugintest.Remote(p.kv)
			for _, namespace := range []string{"", "a", "b"} {
				emptyNamespace(t, kv.WithNamespace(t.Context(), namespace), store)
			}
			return store
		})
	})
}

func empty(t *testing.T, store kv.Store) {
	t.Helper()
	emptyNamespace(t, t.Context(), store)
}

func emptyNamespace(t *testing.T, ctx context.Context, store kv.Store) {
	t.Helper()
	for more := true; more; {
		page, err := store.Scan(ctx, kv.Query{Limit: kv.MaxPage, KeysOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		for _, entry := range page.Entries {
			if _, err := store.Delete(ctx, entry.Key); err != nil {
				t.Fatal(err)
			}
		}
		more = page.More
	}
}
