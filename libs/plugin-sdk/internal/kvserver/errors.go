package kvserver

import (
	"context"
	"errors"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"prism.internal/plugin-sdk/kv"
)

func invalid(err error) error {
	return status.Error(codes.InvalidArgument, err.Error())
}

// Status converts an error of a store to what the client gets. Text of unknown
// errors may hold secrets of the backend, so it stays in the plugin's log.
func Status(err error) error {
	if err == nil {
		return nil
	}
	if _, ok := status.FromError(err); ok {
		return err
	}
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return status.Error(codes.DeadlineExceeded, "the deadline passed before the backend answered")
	case errors.Is(err, context.Canceled):
		return status.Error(codes.Canceled, "the call was cancelled")
	case errors.Is(err, kv.ErrFull):
		return status.Error(codes.ResourceExhausted, "the store is full; delete keys, or give it more room")
	case errors.Is(err, kv.ErrUnavailable):
		return status.Error(codes.Unavailable, "the backend is unavailable; try again later")
	}
	return status.Error(codes.Internal, "the backend failed; see the plugin's log")
}
