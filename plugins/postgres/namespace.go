package postgres

import (
	"cmp"
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"prism.internal/plugin-sdk/kv"
)

// unnamed is the namespace of calls that name none, as without a proxy.
const unnamed = "default"

// ready returns the namespace of a call's keys, or why there is no answer now.
func (s *Store) ready(ctx context.Context) (string, error) {
	if !s.migrated.Load() {
		return "", errNotReady
	}
	return s.namespace(ctx)
}

// namespace is that of a call's keys.
func (s *Store) namespace(ctx context.Context) (string, error) {
	own, asked := s.config.Namespace, kv.Namespace(ctx)
	if own != "" && asked != "" && own != asked {
		return "", status.Errorf(codes.FailedPrecondition,
			"this plugin serves the namespace %s only, not %s; PRISM_NAMESPACE says so", own, asked)
	}
	return cmp.Or(own, asked, unnamed), nil
}
