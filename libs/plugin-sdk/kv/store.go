// Package kv is what a key-value plugin implements: a small Store, called only
// with arguments that are already validated.
package kv

import (
	"context"
	"errors"
	"time"
)

// ErrUnavailable marks errors of a backend that cannot be reached or does not
// accept work now. Callers see gRPC's UNAVAILABLE and may try again.
var ErrUnavailable = errors.New("backend unavailable")

// ErrFull marks errors of a store that has no room for a value. Callers see
// gRPC's RESOURCE_EXHAUSTED; trying again helps only once keys are gone.
var ErrFull = errors.New("the store is full")

// What TTL returns instead of a time to live.
const (
	NoExpiry time.Duration = -1 // the key never expires
	Missing  time.Duration = -2 // there is no such key
)

// Store keeps values under keys. It is safe for concurrent use.
//
// An expired key is as good as deleted: no method shows it. Methods give up
// when ctx ends, with an error that wraps ctx's. An error of an unreachable
// backend wraps ErrUnavailable, and one of a full backend wraps ErrFull. Neither
// side changes a value's bytes after handing it over.
type Store interface {
	// Set writes a value, replacing any earlier value and its time to live.
	// A ttl of 0 means that the key never expires.
	Set(ctx context.Context, key string, value []byte, ttl time.Duration) error
	// Get returns false when there is no such key.
	Get(ctx context.Context, key string) ([]byte, bool, error)
	// Delete reports whether the key existed.
	Delete(ctx context.Context, key string) (bool, error)
	// Exists is Get without the value.
	Exists(ctx context.Context, key string) (bool, error)
	// Expire gives a key a time to live of ttl > 0 from now, and reports
	// whether the key exists.
	Expire(ctx context.Context, key string, ttl time.Duration) (bool, error)
	// TTL returns the time left, NoExpiry or Missing.
	TTL(ctx context.Context, key string) (time.Duration, error)
	// Persist removes the time to live, and reports whether the key exists.
	Persist(ctx context.Context, key string) (bool, error)
	// Scan lists keys in ascending byte order.
	Scan(ctx context.Context, q Query) (Page, error)
	// Ping returns nil when the backend can serve calls now.
	Ping(ctx context.Context) error
	// Close releases everything. It is called once, after the last call.
	Close() error
}

// Query selects a page of keys.
type Query struct {
	Prefix string // empty matches every key
	After  string // only keys greater than this one; empty starts at the first
	Limit  int    // most entries of the page, at least 1
	// MaxBytes ends the page before the entry with which the values would sum
	// up to more bytes, but never before the first. Without effect on KeysOnly.
	MaxBytes int
	KeysOnly bool // leave every Entry.Value nil
}

// Page is one part of a scan.
type Page struct {
	Entries []Entry
	More    bool // there are matching keys after the last entry
}

// Entry is one key with its value.
type Entry struct {
	Key   string
	Value []byte
}
