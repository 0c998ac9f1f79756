package sdk

import (
	"context"
	"fmt"
	"strings"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/status"

	"prism.internal/plugin-sdk/kv"
)

// Metadata of calls; the proxy sets both.
const (
	namespaceMetadata = "x-prism-namespace"
	requestIDMetadata = "x-request-id"
)

// named returns the context of a call with its namespace.
func named(ctx context.Context) (context.Context, error) {
	values := metadata.ValueFromIncomingContext(ctx, namespaceMetadata)
	switch {
	case len(values) == 0:
		return ctx, nil
	case len(values) > 1:
		return nil, status.Errorf(codes.InvalidArgument, "metadata %s is given more than once", namespaceMetadata)
	}
	if err := checkNamespace(values[0]); err != nil {
		return nil, status.Errorf(codes.InvalidArgument, "metadata %s: %v", namespaceMetadata, err)
	}
	return kv.WithNamespace(ctx, values[0]), nil
}

func checkNamespace(name string) error {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-"
	if name == "" || len(name) > kv.MaxNamespaceBytes || strings.ContainsFunc(name, func(r rune) bool { return !strings.ContainsRune(allowed, r) }) {
		return fmt.Errorf("%q is not 1 to %d of letters, digits, dots, _ and -", name, kv.MaxNamespaceBytes)
	}
	return nil
}

// requestID returns the proxy's ID of a call, for the log.
func requestID(ctx context.Context) string {
	return strings.Join(metadata.ValueFromIncomingContext(ctx, requestIDMetadata), ",")
}
