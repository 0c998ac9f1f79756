package kv

import "context"

// MaxNamespaceBytes is the longest name, as in the proxy's configuration.
const MaxNamespaceBytes = 63

type namespaceKey struct{}

// WithNamespace returns a context of a call for a namespace.
func WithNamespace(ctx context.Context, namespace string) context.Context {
	return context.WithValue(ctx, namespaceKey{}, namespace)
}

// Namespace returns the namespace that a call names, "" if it names none. The
// keys of different namespaces are apart: a store that does not keep them apart
// goes into Apart, or needs an endpoint for each.
func Namespace(ctx context.Context) string {
	namespace, _ := ctx.Value(namespaceKey{}).(string)
	return namespace
}
