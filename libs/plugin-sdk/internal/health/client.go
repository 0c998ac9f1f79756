package health

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"io"
	"net"

	"golang.org/x/net/http2"
	"golang.org/x/net/http2/hpack"
	healthpb "google.golang.org/grpc/health/grpc_health_v1"
	"google.golang.org/protobuf/proto"
)

// Probe asks the plugin at addr for the state of a service, and returns nil if
// it is SERVING. It writes the few HTTP/2 frames itself because gRPC's client
// would make every plugin about 0.5 MB bigger.
func Probe(ctx context.Context, addr, service string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", addr)
	if err != nil {
		return err
	}
	defer conn.Close()
	if deadline, ok := ctx.Deadline(); ok {
		if err := conn.SetDeadline(deadline); err != nil {
			return err
		}
	}
	framer := http2.NewFramer(conn, conn)
	framer.ReadMetaHeaders = hpack.NewDecoder(4096, nil)
	if err := ask(conn, framer, addr, service); err != nil {
		return err
	}
	return answer(framer)
}

// ask sends the connection preface and one call of Health/Check on stream 1.
func ask(w io.Writer, framer *http2.Framer, addr, service string) error {
	if _, err := io.WriteString(w, http2.ClientPreface); err != nil {
		return err
	}
	if err := framer.WriteSettings(); err != nil {
		return err
	}
	var block bytes.Buffer
	enc := hpack.NewEncoder(&block)
	for _, h := range [][2]string{
		{":method", "POST"}, {":scheme", "http"}, {":path", healthpb.Health_Check_FullMethodName},
		{":authority", addr}, {"content-type", "application/grpc"}, {"te", "trailers"},
	} {
		if err := enc.WriteField(hpack.HeaderField{Name: h[0], Value: h[1]}); err != nil {
			return err
		}
	}
	if err := framer.WriteHeaders(http2.HeadersFrameParam{
		StreamID: 1, BlockFragment: block.Bytes(), EndHeaders: true,
	}); err != nil {
		return err
	}
	message, err := proto.Marshal(&healthpb.HealthCheckRequest{Service: service})
	if err != nil {
		return err
	}
	// gRPC's prefix: one byte "not compressed", four bytes of length.
	data := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message)))
	return framer.WriteData(1, true, append(data, message...))
}

func answer(framer *http2.Framer) error {
	var data []byte
	for {
		frame, err := framer.ReadFrame()
		if err != nil {
			return err
		}
		switch f := frame.(type) {
		case *http2.DataFrame:
			data = append(data, f.Data()...)
		case *http2.MetaHeadersFrame:
			if f.StreamEnded() {
				return verdict(f, data)
			}
		case *http2.RSTStreamFrame:
			return fmt.Errorf("the call was reset: %s", f.ErrCode)
		case *http2.GoAwayFrame:
			return fmt.Errorf("the server closed the connection: %s", f.ErrCode)
		}
	}
}

func verdict(trailers *http2.MetaHeadersFrame, data []byte) error {
	text := ""
	for _, h := range trailers.Fields {
		if h.Name == "grpc-message" {
			text = h.Value
		}
	}
	for _, h := range trailers.Fields {
		if h.Name == "grpc-status" && h.Value != "0" {
			return fmt.Errorf("grpc status %s: %s", h.Value, text)
		}
	}
	var resp healthpb.HealthCheckResponse
	if len(data) < 5 || proto.Unmarshal(data[5:], &resp) != nil {
		return fmt.Errorf("the answer is not one of grpc.health.v1")
	}
	if resp.Status != Serving {
		return fmt.Errorf("%s", resp.Status)
	}
	return nil
}
