package sdk

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Text parses any text that is not empty.
func Text(to *string) func(string) error {
	return func(s string) error {
		if s == "" {
			return fmt.Errorf("is empty; give it a value")
		}
		*to = s
		return nil
	}
}

// Int parses a whole number from least to most.
func Int(to *int, least, most int) func(string) error {
	return func(s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < least || n > most {
			return fmt.Errorf("%q is not a whole number from %d to %d", s, least, most)
		}
		*to = n
		return nil
	}
}

// Bytes parses a number of bytes like 4096, 512KiB, 64MiB or 2GiB, from least to most.
func Bytes(to *int, least, most int) func(string) error {
	return func(s string) error {
		digits, shift := s, 0
		for suffix, bits := range map[string]int{"KiB": 10, "MiB": 20, "GiB": 30} {
			if before, ok := strings.CutSuffix(s, suffix); ok {
				digits, shift = before, bits
			}
		}
		n, err := strconv.Atoi(digits)
		if err != nil || n < 0 || n > most>>shift || n<<shift < least {
			return fmt.Errorf("%q is not a size from %d to %d bytes; write it like 4096, 512KiB, 64MiB or 2GiB", s, least, most)
		}
		*to = n << shift
		return nil
	}
}

// Duration parses a duration like 500ms, 10s or 1m30s, from least to most.
func Duration(to *time.Duration, least, most time.Duration) func(string) error {
	return func(s string) error {
		d, err := time.ParseDuration(s)
		if err != nil || d < least || d > most {
			return fmt.Errorf("%q is not a duration from %s to %s; write it like 500ms, 10s or 1m30s", s, least, most)
		}
		*to = d
		return nil
	}
}
