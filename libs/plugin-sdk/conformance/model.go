package conformance

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"prism.internal/plugin-sdk/kv"
)

// modelSteps is how many random calls testModel makes.
const modelSteps = 300

// testModel makes random calls on few keys and compares each answer with that
// of a map. Times to live are long, so none ends meanwhile.
func testModel(t *testing.T, s kv.Store) {
	seed := rand.Uint64()
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, 0))
	m := model{}
	for step := range modelSteps {
		if call, got, want := m.step(t, s, random); got != want {
			t.Fatalf("step %d: %s = %s; want %s", step, call, got, want)
		}
	}
}

type modelValue struct {
	value   string
	expires bool
}

type model map[string]modelValue

// step makes one call on the store and on the model.
func (m model) step(t *testing.T, s kv.Store, random *rand.Rand) (call, got, want string) {
	ctx := t.Context()
	pick := func(from ...string) string { return from[random.IntN(len(from))] }
	key := pick("a", "a/", "a/b", "a\x00", "b", "ä", "%")
	old, found := m[key]
	switch random.IntN(8) {
	case 0, 1:
		value, ttl := strings.Repeat(pick("", "x", "\xff"), random.IntN(50)), time.Duration(random.IntN(2))*time.Hour
		m[key] = modelValue{value, ttl > 0}
		return fmt.Sprintf("Set(%q, %q, %s)", key, value, ttl), fmt.Sprint(s.Set(ctx, key, []byte(value), ttl)), "<nil>"
	case 2:
		delete(m, key)
		ok, err := s.Delete(ctx, key)
		return fmt.Sprintf("Delete(%q)", key), fmt.Sprint(ok, err), fmt.Sprint(found, nil)
	case 3:
		if found {
			m[key] = modelValue{old.value, true}
		}
		ok, err := s.Expire(ctx, key, time.Hour)
		return fmt.Sprintf("Expire(%q)", key), fmt.Sprint(ok, err), fmt.Sprint(found, nil)
	case 4:
		if found {
			m[key] = modelValue{old.value, false}
		}
		ok, err := s.Persist(ctx, key)
		return fmt.Sprintf("Persist(%q)", key), fmt.Sprint(ok, err), fmt.Sprint(found, nil)
	case 5:
		ttl, err := s.TTL(ctx, key)
		state := map[bool]string{true: "expires", false: fmt.Sprint(ttl)}[ttl > 0]
		return fmt.Sprintf("TTL(%q)", key), fmt.Sprint(state, err), fmt.Sprint(m.ttl(key), nil)
	case 6:
		value, ok, err := s.Get(ctx, key)
		return fmt.Sprintf("Get(%q)", key), fmt.Sprintf("%q %t %v", value, ok, err), fmt.Sprintf("%q %t %v", old.value, found, nil)
	default:
		q := kv.Query{Prefix: pick("", "a", "a/"), After: pick("", key), Limit: 1 + random.IntN(4), MaxBytes: 1 + random.IntN(80)}
		page, err := s.Scan(ctx, q)
		return fmt.Sprintf("Scan(%+v)", q), fmt.Sprintf("%q %t %v", page.Entries, page.More, err), m.scan(q)
	}
}

func (m model) ttl(key string) string {
	switch value, found := m[key]; {
	case !found:
		return fmt.Sprint(kv.Missing)
	case value.expires:
		return "expires"
	}
	return fmt.Sprint(kv.NoExpiry)
}

func (m model) scan(q kv.Query) string {
	var page kv.Page
	bytes := 0
	for _, key := range slices.Sorted(maps.Keys(m)) {
		if key <= q.After || !strings.HasPrefix(key, q.Prefix) {
			continue
		}
		value := m[key].value
		if bytes += len(value); len(page.Entries) == q.Limit || len(page.Entries) > 0 && bytes > q.MaxBytes {
			page.More = true
			break
		}
		page.Entries = append(page.Entries, kv.Entry{Key: key, Value: []byte(value)})
	}
	return fmt.Sprintf("%q %t %v", page.Entries, page.More, nil)
}
