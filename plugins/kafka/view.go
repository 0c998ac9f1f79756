package kafka

import (
	"cmp"
	"strings"
	"sync"
	"time"

	"github.com/google/btree"

	"prism.internal/plugin-sdk/kv"
)

const degree = 32 // of the tree; a good size for cache lines

// itemBytes is what an item takes beside its texts.
const itemBytes = 256

type item struct {
	id
	value   []byte
	expires time.Time // zero: never
	offset  int64     // of its record in the log
}

func (it item) size() int { return itemBytes + len(it.namespace) + len(it.key) + len(it.value) }

func (it item) live(now time.Time) bool { return it.expires.IsZero() || now.Before(it.expires) }

func before(a, b item) bool {
	return cmp.Or(cmp.Compare(a.namespace, b.namespace), cmp.Compare(a.key, b.key)) < 0
}

// view is the table that the log describes. Every plugin applies the same
// records in the same order, so all come to the same table.
//
// Kafka cannot write on a condition, so conditional records are judged here: one
// that came too late is ignored by everybody. But compaction keeps the newest
// record of a key, ignored or not. So such a key is shadowed until a repair
// writes again what it holds; compaction leaves records alone for long enough
// (compactionLag).
type view struct {
	mu       sync.RWMutex
	items    *btree.BTreeG[item] // by namespace and key
	bytes    int                 // the sizes of all items
	reserved int                 // of values on their way to the log
	seen     int64               // offset of the last record that was applied
	// shadowed has the offset of the last record that was ignored for a key.
	shadowed map[id]int64
	// deleted has the offsets of the tombstones that a replay meets. It is nil
	// afterwards: what is absent then is deleted, or never was.
	deleted map[id]int64
}

func newView() *view {
	return &view{items: btree.NewG(degree, before), seen: -1, shadowed: map[id]int64{}, deleted: map[id]int64{}}
}

// outcome is what a record did.
type outcome struct {
	existed bool // the key was live before
	ignored bool // a condition did not hold
}

// apply changes the view as the record at an offset says.
func (v *view) apply(r record, offset int64, now time.Time) outcome {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.seen = offset
	old, present := v.items.Get(item{id: r.id})
	done := outcome{existed: present && old.live(now)}
	if r.seen != unconditional && v.changedSince(r, old, present) {
		v.shadowed[r.id] = offset
		done.ignored = true
		return done
	}
	// A replay may find the ignored record alone, and believe it. It takes the
	// next one for true only if that was written in sight of the ignored one.
	if at, ok := v.shadowed[r.id]; ok && (r.seen == unconditional || r.seen >= at) {
		delete(v.shadowed, r.id)
	}
	if r.value == nil {
		v.remove(r.id)
		if v.deleted != nil {
			v.deleted[r.id] = offset
		}
		return done
	}
	it := item{id: r.id, value: r.value, expires: r.expires, offset: offset}
	if old, ok := v.items.ReplaceOrInsert(it); ok {
		v.bytes -= old.size()
	}
	v.bytes += it.size()
	return done
}

// changedSince tells whether a key was written after a conditional record's
// writer looked.
func (v *view) changedSince(r record, old item, present bool) bool {
	if present {
		return old.offset > r.seen
	}
	if v.deleted != nil { // else compaction has removed what was before
		at, known := v.deleted[r.id]
		return known && at > r.seen
	}
	return r.value != nil // a missing key was deleted already; a second deletion changes nothing
}

func (v *view) remove(key id) {
	if old, ok := v.items.Delete(item{id: key}); ok {
		v.bytes -= old.size()
	}
}

// replayed ends the replay, if it is one.
func (v *view) replayed() {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.deleted = nil
}

// get returns a live item, and the offset up to which the log was seen then.
func (v *view) get(key id, now time.Time) (it item, seen int64, ok bool) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	it, ok = v.items.Get(item{id: key})
	return it, v.seen, ok && it.live(now)
}

// reserve takes room for an item until it is released, if there is as much.
func (v *view) reserve(it item, maxBytes int) (taken int, ok bool) {
	v.mu.Lock()
	defer v.mu.Unlock()
	need := it.size()
	if old, ok := v.items.Get(it); ok {
		need = max(0, need-old.size())
	}
	if need > 0 && v.bytes+v.reserved+need > maxBytes {
		return 0, false
	}
	v.reserved += need
	return need, true
}

func (v *view) release(taken int) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.reserved -= taken
}

func (v *view) size() int {
	v.mu.RLock()
	defer v.mu.RUnlock()
	return v.bytes
}

// chores returns the records that the log needs: tombstones for expired keys,
// and for shadowed keys what they hold.
func (v *view) chores(now time.Time) (records []record) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	v.items.Ascend(func(it item) bool {
		_, shadowed := v.shadowed[it.id]
		if !it.live(now) {
			records = append(records, record{id: it.id, seen: v.seen})
		} else if shadowed {
			records = append(records, record{id: it.id, value: it.value, expires: it.expires, seen: v.seen})
		}
		return true
	})
	for key := range v.shadowed {
		if !v.items.Has(item{id: key}) {
			records = append(records, record{id: key, seen: v.seen})
		}
	}
	return records
}

func (v *view) scan(namespace string, q kv.Query, now time.Time) (page kv.Page) {
	v.mu.RLock()
	defer v.mu.RUnlock()
	bytes := 0
	v.items.AscendGreaterOrEqual(item{id: id{namespace, max(q.Prefix, q.After)}}, func(it item) bool {
		if it.namespace != namespace || !strings.HasPrefix(it.key, q.Prefix) {
			return false
		}
		if it.key == q.After || !it.live(now) {
			return true
		}
		entry := kv.Entry{Key: it.key}
		if !q.KeysOnly {
			entry.Value = it.value
			bytes += len(it.value)
		}
		n := len(page.Entries)
		page.More = n == q.Limit || n > 0 && bytes > q.MaxBytes
		if !page.More {
			page.Entries = append(page.Entries, entry)
		}
		return !page.More
	})
	return page
}
