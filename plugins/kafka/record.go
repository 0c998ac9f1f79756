package kafka

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"strings"
	"time"

	"github.com/twmb/franz-go/pkg/kgo"

	"prism.internal/plugin-sdk/kv"
)

// id names a key; those of one namespace are neighbours.
type id struct{ namespace, key string }

// unconditional is the record.seen of a record that always counts.
const unconditional int64 = -1

// record is one record of the topic. Its key there is namespace/key.
type record struct {
	id
	value   []byte    // nil deletes the key
	expires time.Time // zero: never
	// seen makes a record conditional. Its writer had seen the log up to this
	// offset: the record counts only if no later one changed the key before it.
	seen  int64
	token uint64 // of the call that waits for this record; 0: none
	// writer is the session that knows the token.
	writer uint64
}

// Headers of records, each with 8 bytes in network order for a number.
const (
	expiresHeader = "prism-expires" // microseconds of Unix time
	seenHeader    = "prism-seen"
	callHeader    = "prism-call" // writer and token
)

const numberBytes = 8

// maxRecordBytes is the limit max.message.bytes that a topic needs: the biggest
// value with the longest names, and room for what surrounds them.
const maxRecordBytes = kv.MaxValueBytes + kv.MaxKeyBytes + 4096

func (r record) encode() *kgo.Record {
	k := &kgo.Record{Key: []byte(r.namespace + "/" + r.key), Value: r.value}
	if !r.expires.IsZero() {
		k.Headers = append(k.Headers, header(expiresHeader, uint64(r.expires.UnixMicro())))
	}
	if r.seen != unconditional {
		k.Headers = append(k.Headers, header(seenHeader, uint64(r.seen)))
	}
	if r.token != 0 {
		k.Headers = append(k.Headers, header(callHeader, r.writer, r.token))
	}
	return k
}

func header(key string, numbers ...uint64) kgo.RecordHeader {
	h := kgo.RecordHeader{Key: key}
	for _, n := range numbers {
		h.Value = binary.BigEndian.AppendUint64(h.Value, n)
	}
	return h
}

func decode(k *kgo.Record) (record, error) {
	namespace, key, ok := strings.Cut(string(k.Key), "/")
	if !ok {
		return record{}, fmt.Errorf("kafka: the key %.80q of offset %d, which this plugin has not written", k.Key, k.Offset)
	}
	// A copy: the client's bytes would keep all records that came with this one.
	r := record{id: id{namespace, key}, value: bytes.Clone(k.Value), seen: unconditional}
	for _, h := range k.Headers {
		numbers := map[string]int{expiresHeader: 1, seenHeader: 1, callHeader: 2}[h.Key]
		if numbers == 0 {
			continue // of a tool that copies or traces records
		}
		if len(h.Value) != numbers*numberBytes {
			return record{}, fmt.Errorf("kafka: the header %s of offset %d has %d bytes", h.Key, k.Offset, len(h.Value))
		}
		first := binary.BigEndian.Uint64(h.Value)
		switch h.Key {
		case expiresHeader:
			r.expires = time.UnixMicro(int64(first))
		case seenHeader:
			r.seen = int64(first)
		case callHeader:
			r.writer, r.token = first, binary.BigEndian.Uint64(h.Value[numberBytes:])
		}
	}
	return r, nil
}
