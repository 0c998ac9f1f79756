package kvserver

import (
	"google.golang.org/grpc"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/encoding/proto"
	"google.golang.org/grpc/mem"
	"google.golang.org/grpc/status"
)

// Codec is for servers with Register's service. gRPC answers a message that
// cannot be decoded with INTERNAL, as if the plugin were at fault, and sends that
// before a handler could say otherwise; so decoding never fails here.
func Codec() grpc.ServerOption {
	return grpc.ForceServerCodecV2(codec{encoding.GetCodecV2(proto.Name)})
}

type codec struct{ encoding.CodecV2 }

// attempt is a message and why it could not be decoded.
type attempt struct {
	message any
	err     error
}

// Unmarshal implements encoding.CodecV2.
func (c codec) Unmarshal(data mem.BufferSlice, to any) error {
	if a, ok := to.(*attempt); ok {
		a.err = c.CodecV2.Unmarshal(data, a.message)
		return nil
	}
	return c.CodecV2.Unmarshal(data, to)
}

// decodeWith is the decoder of a method's handler.
func decodeWith(receive func(any) error) func(any) error {
	return func(message any) error {
		a := attempt{message: message}
		if err := receive(&a); err != nil {
			return err
		}
		if a.err != nil {
			return status.Error(codes.InvalidArgument, "the message is not valid protobuf of this method")
		}
		return nil
	}
}
