// Package web answers GET over HTTP/1.1, one request a connection. The server of
// net/http would make every plugin 0.6 MB bigger.
package web

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"

	"golang.org/x/net/netutil"
)

const (
	// exchangeTimeout is for a whole request and its answer.
	exchangeTimeout = 5 * time.Second
	// maxConnections is far more than probes and scrapers need.
	maxConnections = 32
	maxHeadBytes   = 16 << 10
	// acceptPause is for a machine that has no descriptors now.
	acceptPause = 100 * time.Millisecond
)

// Page writes the body of an answer and returns its status.
type Page func(io.Writer) int

// Serve answers until the listener is closed.
func Serve(l net.Listener, pages map[string]Page) {
	l = netutil.LimitListener(l, maxConnections)
	for {
		conn, err := l.Accept()
		switch {
		case errors.Is(err, net.ErrClosed):
			return
		case err != nil:
			time.Sleep(acceptPause)
		default:
			go answer(conn, pages)
		}
	}
}

func answer(conn net.Conn, pages map[string]Page) {
	defer conn.Close()
	if conn.SetDeadline(time.Now().Add(exchangeTimeout)) != nil {
		return
	}
	r, err := http.ReadRequest(bufio.NewReader(io.LimitReader(conn, maxHeadBytes)))
	if err != nil {
		return
	}
	var body bytes.Buffer
	status, page := http.StatusNotFound, pages[r.URL.Path]
	switch {
	case page == nil:
		body.WriteString("not found\n")
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		status = http.StatusMethodNotAllowed
		body.WriteString("GET only\n")
	default:
		status = page(&body)
	}
	fmt.Fprintf(conn, "HTTP/1.1 %d %s\r\nContent-Type: text/plain; version=0.0.4; charset=utf-8\r\n"+
		"Content-Length: %d\r\nConnection: close\r\n\r\n", status, http.StatusText(status), body.Len())
	if r.Method != http.MethodHead {
		conn.Write(body.Bytes()) // the client may be gone
	}
}
