// Package kvserver serves prism.keyvalue.v1 from a kv.Store.
package kvserver

import (
	"context"
	"time"

	"google.golang.org/grpc"

	"prism.internal/plugin-sdk/kv"
	keyvaluev1 "prism.internal/proto/keyvalue/v1"
)

type server struct {
	keyvaluev1.UnimplementedKeyValueServer
	store kv.Store
}

// Register adds the service to a server with the option Codec.
func Register(to grpc.ServiceRegistrar, store kv.Store) {
	service := keyvaluev1.KeyValue_ServiceDesc
	methods := make([]grpc.MethodDesc, len(service.Methods))
	for i, method := range service.Methods {
		handle := method.Handler
		method.Handler = func(srv any, ctx context.Context, decode func(any) error, intercept grpc.UnaryServerInterceptor) (any, error) {
			return handle(srv, ctx, decodeWith(decode), intercept)
		}
		methods[i] = method
	}
	service.Methods = methods
	to.RegisterService(&service, New(store))
}

// New returns the service. Its errors are gRPC statuses or come from the store.
func New(store kv.Store) keyvaluev1.KeyValueServer {
	return &server{store: store}
}

func (s *server) Set(ctx context.Context, r *keyvaluev1.SetRequest) (*keyvaluev1.SetResponse, error) {
	if err := kv.CheckKey(r.Key); err != nil {
		return nil, invalid(err)
	}
	if err := kv.CheckValue(r.Value); err != nil {
		return nil, invalid(err)
	}
	ttl, err := kv.TTLFromMillis(r.TtlMs, 0)
	if err != nil {
		return nil, invalid(err)
	}
	return &keyvaluev1.SetResponse{}, s.store.Set(ctx, r.Key, r.Value, ttl)
}

func (s *server) Get(ctx context.Context, r *keyvaluev1.GetRequest) (*keyvaluev1.GetResponse, error) {
	if err := kv.CheckKey(r.Key); err != nil {
		return nil, invalid(err)
	}
	value, found, err := s.store.Get(ctx, r.Key)
	return &keyvaluev1.GetResponse{Found: found, Value: value}, err
}

func (s *server) Delete(ctx context.Context, r *keyvaluev1.DeleteRequest) (*keyvaluev1.DeleteResponse, error) {
	if err := kv.CheckKey(r.Key); err != nil {
		return nil, invalid(err)
	}
	existed, err := s.store.Delete(ctx, r.Key)
	return &keyvaluev1.DeleteResponse{Existed: existed}, err
}

func (s *server) Exists(ctx context.Context, r *keyvaluev1.ExistsRequest) (*keyvaluev1.ExistsResponse, error) {
	if err := kv.CheckKey(r.Key); err != nil {
		return nil, invalid(err)
	}
	exists, err := s.store.Exists(ctx, r.Key)
	return &keyvaluev1.ExistsResponse{Exists: exists}, err
}

func (s *server) Expire(ctx context.Context, r *keyvaluev1.ExpireRequest) (*keyvaluev1.ExpireResponse, error) {
	if err := kv.CheckKey(r.Key); err != nil {
		return nil, invalid(err)
	}
	ttl, err := kv.TTLFromMillis(r.TtlMs, 1)
	if err != nil {
		return nil, invalid(err)
	}
	found, err := s.store.Expire(ctx, r.Key, ttl)
	return &keyvaluev1.ExpireResponse{Found: found}, err
}

func (s *server) GetTTL(ctx context.Context, r *keyvaluev1.GetTTLRequest) (*keyvaluev1.GetTTLResponse, error) {
	if err := kv.CheckKey(r.Key); err != nil {
		return nil, invalid(err)
	}
	ttl, err := s.store.TTL(ctx, r.Key)
	return &keyvaluev1.GetTTLResponse{TtlMs: millis(ttl)}, err
}

// millis rounds up: a key that still lives never has 0 ms left.
func millis(ttl time.Duration) int64 {
	if ttl == kv.NoExpiry || ttl == kv.Missing {
		return int64(ttl)
	}
	return int64((ttl + time.Millisecond - 1) / time.Millisecond)
}

func (s *server) Persist(ctx context.Context, r *keyvaluev1.PersistRequest) (*keyvaluev1.PersistResponse, error) {
	if err := kv.CheckKey(r.Key); err != nil {
		return nil, invalid(err)
	}
	found, err := s.store.Persist(ctx, r.Key)
	return &keyvaluev1.PersistResponse{Found: found}, err
}
