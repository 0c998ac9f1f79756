package postgres

import (
	"cmp"
	"context"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"prism.internal/plugin-sdk/kv"
)

// unnamed has the keys of calls without a namespace, as of plugins that no proxy
// stands before.
const unnamed = "default"

// namespace is that of a call's keys.
func (s *Store) namespace(ctx context.Context) (string, error) {
	own, asked := s.config.Namespace, kv.Namespace(ctx)
	if own != "" && asked != "" && own != asked {
		return "", status.Errorf(codes.FailedPrecondition,
			"this plugin serves the namespace %s only, not %s; PRISM_NAMESPACE says so", own, asked)
	}
	return cmp.Or(own, asked, unnamed), nil
}
