package kv

import (
	"fmt"
	"time"
	"unicode/utf8"
)

// Limits of every store. They are part of the contract with clients, so a
// backend that could take more still refuses it.
const (
	MaxKeyBytes = 1024
	// MaxValueBytes leaves room for the longest key in a message of 4 MiB,
	// the limit that gRPC libraries have by default.
	MaxValueBytes = 4<<20 - 4<<10
	MaxPage       = 1000
	DefaultPage   = 100
	// MaxTTL is 100 years, which every backend's clock can represent.
	MaxTTL = 100 * 365 * 24 * time.Hour
)

// CheckKey returns an error that is fit for clients if key breaks a limit.
func CheckKey(key string) error {
	if key == "" {
		return fmt.Errorf("key is empty")
	}
	return checkText("key", key)
}

// CheckPrefix is CheckKey for a prefix, which may be empty.
func CheckPrefix(prefix string) error {
	return checkText("prefix", prefix)
}

func checkText(what, s string) error {
	if len(s) > MaxKeyBytes {
		return fmt.Errorf("%s has %d bytes; the limit is %d", what, len(s), MaxKeyBytes)
	}
	if !utf8.ValidString(s) {
		return fmt.Errorf("%s is not valid UTF-8", what)
	}
	return nil
}

// CheckValue returns an error that is fit for clients if value is too big.
func CheckValue(value []byte) error {
	if len(value) > MaxValueBytes {
		return fmt.Errorf("value has %d bytes; the limit is %d", len(value), MaxValueBytes)
	}
	return nil
}

// TTLFromMillis converts milliseconds from least to MaxTTL.
func TTLFromMillis(ms, least int64) (time.Duration, error) {
	if ms < least || ms > MaxTTL.Milliseconds() {
		return 0, fmt.Errorf("ttl_ms is %d; it must be from %d to %d", ms, least, MaxTTL.Milliseconds())
	}
	return time.Duration(ms) * time.Millisecond, nil
}
