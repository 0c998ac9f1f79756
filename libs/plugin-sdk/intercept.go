package sdk

import (
	"context"
	"errors"
	"runtime/debug"
	"strings"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"prism.internal/plugin-sdk/internal/gate"
	"prism.internal/plugin-sdk/internal/kvserver"
	keyvaluev1 "prism.internal/proto/keyvalue/v1"
)

var dataPlane = "/" + keyvaluev1.KeyValue_ServiceDesc.ServiceName + "/"

// intercept surrounds every call of the data plane; health has to answer while
// the plugin drains, so it passes.
func (r *runner) intercept(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	if !strings.HasPrefix(info.FullMethod, dataPlane) {
		return next(ctx, req)
	}
	began := time.Now()
	resp, err := r.admit(ctx, req, info, next)
	r.calls.Observe(strings.TrimPrefix(info.FullMethod, dataPlane), status.Code(err), time.Since(began))
	return resp, err
}

func (r *runner) admit(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (any, error) {
	ctx, err := named(ctx)
	if err != nil {
		return nil, err
	}
	ctx, leave, ok := r.gate.Enter(ctx)
	if !ok {
		return nil, status.Error(codes.Unavailable, "the plugin is draining; try another one")
	}
	defer leave()
	ctx, cancel := context.WithTimeout(ctx, r.config.call)
	defer cancel()

	resp, err := r.call(ctx, req, info, next)
	if err == nil {
		return resp, nil
	}
	answer := kvserver.Status(err)
	switch status.Code(answer) {
	case codes.Unavailable:
		r.monitor.Recheck()
		r.log.Debug("backend unavailable", "method", info.FullMethod, "request_id", requestID(ctx), "error", err)
	case codes.Internal:
		r.log.Error("call failed", "method", info.FullMethod, "request_id", requestID(ctx), "error", err)
	case codes.Canceled:
		if errors.Is(context.Cause(ctx), gate.ErrAborted) {
			answer = status.Error(codes.Unavailable, gate.ErrAborted.Error())
		}
	}
	return nil, answer
}

// call turns a panic into an error: one bad call must not end all others.
func (r *runner) call(ctx context.Context, req any, info *grpc.UnaryServerInfo, next grpc.UnaryHandler) (resp any, err error) {
	defer func() {
		if p := recover(); p != nil {
			r.log.Error("call panicked", "method", info.FullMethod, "request_id", requestID(ctx), "panic", p, "stack", string(debug.Stack()))
			err = status.Error(codes.Internal, "the plugin failed; see its log")
		}
	}()
	return next(ctx, req)
}
