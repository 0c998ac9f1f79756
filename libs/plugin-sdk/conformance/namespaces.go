package conformance

import (
	"errors"
	"testing"

	"prism.internal/plugin-sdk/kv"
)

// RunNamespaces tests that the stores that open returns keep the namespaces of
// calls apart; open is that of Run.
func RunNamespaces(t *testing.T, open func(t *testing.T) kv.Store) {
	s := open(t)
	none := t.Context()
	a, b := kv.WithNamespace(none, "a"), kv.WithNamespace(none, "b")
	if err := errors.Join(s.Set(a, "key", []byte("a"), 0), s.Set(b, "key", []byte("b"), 0)); err != nil {
		t.Fatal(err)
	}
	if err := s.Set(a, "only", nil, 0); err != nil {
		t.Fatal(err)
	}
	if got, _, err := s.Get(a, "key"); err != nil || string(got) != "a" {
		t.Errorf("a has %q, %v", got, err)
	}
	if got, _, err := s.Get(b, "key"); err != nil || string(got) != "b" {
		t.Errorf("b has %q, %v", got, err)
	}
	wantBool(t, "Exists without a namespace", false)(s.Exists(none, "key"))
	wantBool(t, "Exists in b", false)(s.Exists(b, "only"))
	wantBool(t, "Persist in b", false)(s.Persist(b, "only"))
	for _, prefix := range []string{"", "k"} {
		page, err := s.Scan(b, kv.Query{Prefix: prefix, Limit: 10, MaxBytes: kv.MaxValueBytes})
		if err != nil {
			t.Fatal(err)
		}
		wantKeys(t, page, false, "key")
	}
	wantBool(t, "Delete in b", true)(s.Delete(b, "key"))
	wantBool(t, "Exists in a", true)(s.Exists(a, "key"))
}
