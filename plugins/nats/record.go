package nats

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"prism.internal/plugin-sdk/kv"
)

// maxRecordBytes is the size of the biggest record; the limit max_payload of
// the server has to leave room for it.
const maxRecordBytes = expiryBytes + kv.MaxValueBytes

// expiryBytes is the size of the time that precedes each value: NATS sets a
// time to live only when a key is made, and cannot change it.
const expiryBytes = 8

// record is what the bucket holds for a key.
type record struct {
	value   []byte
	expires time.Time // zero: never
}

// encode returns microseconds of Unix time, 0 for never, as 8 bytes in network
// order, and the value.
func (r record) encode() []byte {
	data := make([]byte, expiryBytes, expiryBytes+len(r.value))
	if !r.expires.IsZero() {
		binary.BigEndian.PutUint64(data, uint64(r.expires.UnixMicro()))
	}
	return append(data, r.value...)
}

func decode(data []byte) (record, error) {
	if len(data) < expiryBytes {
		return record{}, fmt.Errorf("nats: a record of %d bytes, which this plugin has not written", len(data))
	}
	r := record{value: data[expiryBytes:]}
	if micros := binary.BigEndian.Uint64(data); micros != 0 {
		r.expires = time.UnixMicro(int64(micros))
	}
	return r, nil
}

func (r record) live(now time.Time) bool { return r.expires.IsZero() || now.Before(r.expires) }

// toSubject returns a key of a namespace as two tokens of a subject. NATS allows
// few characters there, and no empty token.
func toSubject(namespace, key string) string {
	return keysOf(namespace) + hex.EncodeToString([]byte(key))
}

// keysOf is how the subjects of a namespace begin.
func keysOf(namespace string) string { return "n" + hex.EncodeToString([]byte(namespace)) + "." }

// fromSubject returns the key.
func fromSubject(subject string) (string, error) {
	_, token, _ := strings.Cut(subject, ".")
	key, err := hex.DecodeString(token)
	if err != nil || len(key) == 0 {
		return "", fmt.Errorf("nats: the key %q, which this plugin has not written", subject)
	}
	return string(key), nil
}
