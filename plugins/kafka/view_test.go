package kafka

import (
	"bytes"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// logged is a log as Kafka keeps it: offsets stay when records go.
type logged struct {
	records map[int64]record
	end     int64
	// ignored has the records of each shadowed key that were ignored.
	ignored map[id][]int64
	truth   *view // applies every record at once
}

func newLogged() *logged {
	l := &logged{records: map[int64]record{}, ignored: map[id][]int64{}, truth: newView()}
	l.truth.replayed()
	return l
}

func (l *logged) write(r record) {
	if l.truth.apply(r, l.end, time.Time{}).ignored {
		l.ignored[r.id] = append(l.ignored[r.id], l.end)
	}
	if _, shadowed := l.truth.shadowed[r.id]; !shadowed {
		delete(l.ignored, r.id)
	}
	l.records[l.end] = r
	l.end++
}

// compact does what Kafka does with the records below an offset, and later with
// the tombstones among them. Records that still have to be repaired are too new,
// and so are tombstones that a plugin had not yet seen when it wrote such a one.
func (l *logged) compact(below int64, random *rand.Rand) {
	tombstones := below
	for _, offsets := range l.ignored {
		for _, offset := range offsets {
			below, tombstones = min(below, offset), min(tombstones, l.records[offset].seen+1)
		}
	}
	newest := map[id]int64{}
	for _, offset := range slices.Sorted(maps.Keys(l.records)) {
		if offset < below {
			if old, ok := newest[l.records[offset].id]; ok {
				delete(l.records, old)
			}
			newest[l.records[offset].id] = offset
		}
	}
	for _, offset := range newest {
		if offset < tombstones && l.records[offset].value == nil && random.IntN(2) == 0 {
			delete(l.records, offset)
		}
	}
}

// plugin is one of several that write to a log, each as far as it has read.
type plugin struct {
	view *view
	next int64
}

func (p *plugin) read(l *logged, now time.Time, limit int64) {
	for ; p.next < l.end && limit > 0; p.next++ {
		if r, ok := l.records[p.next]; ok {
			p.view.apply(r, p.next, now)
			limit--
		}
	}
}

func restarted(l *logged, now time.Time) *plugin {
	p := &plugin{view: newView()}
	p.read(l, now, l.end)
	p.view.replayed()
	return p
}

func contents(v *view) string {
	var b bytes.Buffer
	v.items.Ascend(func(it item) bool {
		fmt.Fprintf(&b, "%s=%s until %d\n", it.key, it.value, it.expires.UnixMilli())
		return true
	})
	return b.String()
}

// TestViewsAgree lets plugins that have read the log to different offsets write
// at random, repairs and compacts the log, and restarts plugins: each reads from
// the log what all others have.
func TestViewsAgree(t *testing.T) {
	for range 60 {
		seed := rand.Uint64()
		random := rand.New(rand.NewPCG(seed, 0))
		l, now := newLogged(), time.UnixMilli(1_000_000)
		plugins := []*plugin{restarted(l, now), restarted(l, now), restarted(l, now)}
		for step := range 200 {
			now = now.Add(time.Millisecond)
			p := plugins[random.IntN(len(plugins))]
			key := id{key: string(rune('a' + random.IntN(3)))}
			switch random.IntN(8) {
			case 0, 1:
				r := record{id: key, value: fmt.Append(nil, step), seen: unconditional}
				if random.IntN(2) == 0 {
					r.expires = now.Add(time.Duration(random.IntN(50)) * time.Millisecond)
				}
				l.write(r)
			case 2:
				l.write(record{id: key, seen: unconditional})
			case 3, 4:
				if it, seen, found := p.view.get(key, now); found {
					l.write(record{id: key, value: it.value, expires: now.Add(time.Hour), seen: seen})
				}
			case 5:
				for _, r := range p.view.chores(now) {
					l.write(r)
				}
			case 6:
				p.read(l, now, int64(random.IntN(20)))
			case 7:
				oldest := slices.MinFunc(plugins, func(a, b *plugin) int { return int(a.next - b.next) })
				l.compact(random.Int64N(oldest.next+1), random)
				plugins[random.IntN(len(plugins))] = restarted(l, now)
			}
			if got, want := contents(restarted(l, now).view), contents(l.truth); got != want {
				t.Fatalf("seed %d, step %d: a replay makes\n%sbut the plugins that ran have\n%s", seed, step, got, want)
			}
		}
		for _, p := range plugins {
			p.read(l, now, l.end)
			if got, want := contents(p.view), contents(l.truth); got != want || p.view.bytes != l.truth.bytes {
				t.Fatalf("seed %d: a plugin has\n%s and %d bytes; want\n%sand %d", seed, got, p.view.bytes, want, l.truth.bytes)
			}
		}
	}
}

// TestRepairsEnd: once one plugin has done its chores, nothing is left to do.
func TestRepairsEnd(t *testing.T) {
	l, now := newLogged(), time.Now()
	key := id{key: "key"}
	l.write(record{id: key, value: []byte("1"), seen: unconditional})
	l.write(record{id: key, value: []byte("2"), seen: unconditional})
	l.write(record{id: key, value: []byte("1"), seen: 0}) // an Expire that came too late
	gone := id{key: "gone"}
	l.write(record{id: gone, value: []byte("1"), seen: 0})
	p := restarted(l, now)
	repairs := l.truth.chores(now)
	if len(repairs) != 2 || string(repairs[0].value) != "2" || repairs[1].value != nil {
		t.Fatalf("%+v; want the newest value, and a tombstone", repairs)
	}
	for _, r := range repairs {
		l.write(r)
	}
	p.read(l, now, l.end)
	for _, v := range []*view{l.truth, p.view} {
		if left := v.chores(now); len(left) != 0 {
			t.Errorf("%+v are left", left)
		}
	}
}

func FuzzRecord(f *testing.F) {
	f.Add([]byte("namespace/key"), []byte("value"), []byte("12345678"), []byte("12345678"), []byte("1234567812345678"))
	f.Add([]byte("key"), []byte(nil), []byte("short"), []byte{}, []byte{})
	f.Fuzz(func(t *testing.T, key, value, expires, seen, call []byte) {
		encoded := record{seen: unconditional}.encode()
		encoded.Key, encoded.Value = key, value
		for name, data := range map[string][]byte{expiresHeader: expires, seenHeader: seen, callHeader: call} {
			encoded.Headers = append(encoded.Headers, header(name))
			encoded.Headers[len(encoded.Headers)-1].Value = data
		}
		r, err := decode(encoded)
		if err != nil {
			return
		}
		again, err := decode(r.encode())
		if err != nil || again.id != r.id || !again.expires.Equal(r.expires) && r.expires.UnixMicro() != 0 {
			t.Errorf("%+v, then %+v, %v", r, again, err)
		}
	})
}
