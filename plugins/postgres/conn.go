package postgres

import (
	"context"
	"database/sql"
	"net"
	"strings"
	"time"

	"github.com/lib/pq"
)

const (
	connectTimeout = 5 * time.Second
	// answerTimeout ends the wait for a server that is connected but silent, as
	// one that was suspended or cut off; the driver by itself would wait on.
	answerTimeout = 5 * time.Second
	// connLifetime lets connections follow a failover or a change of DNS.
	connLifetime = 30 * time.Minute
)

// openPool returns a pool of at most c.MaxConns connections. It does not connect.
func openPool(c Config) (*sql.DB, error) {
	database := c.Database.Clone()
	if database.SSLMode == "" {
		database.SSLMode = defaultSSLMode(database.Host)
	}
	if database.ConnectTimeout == 0 {
		database.ConnectTimeout = connectTimeout
	}
	if database.ApplicationName == "" {
		database.ApplicationName = "prism-plugin-postgres"
	}
	// One round trip for each statement instead of two, and no hex for values.
	database.BinaryParameters = true

	connector, err := pq.NewConnectorConfig(database)
	if err != nil {
		return nil, err
	}
	connector.Dialer(&dialer{})
	db := sql.OpenDB(connector)
	db.SetMaxOpenConns(c.MaxConns)
	db.SetMaxIdleConns(c.MaxConns)
	db.SetConnMaxLifetime(connLifetime)
	return db, nil
}

// defaultSSLMode is stricter than libpq's prefer, which sends passwords
// unencrypted to a server that refuses TLS. Loopback and sockets need no TLS.
func defaultSSLMode(host string) pq.SSLMode {
	ip := net.ParseIP(host)
	if strings.HasPrefix(host, "/") || host == "localhost" || ip != nil && ip.IsLoopback() {
		return pq.SSLModePrefer
	}
	return pq.SSLModeVerifyFull
}

// dialer makes connections on which a read fails after answerTimeout.
type dialer struct{ net.Dialer }

// DialContext implements pq.DialerContext.
func (d *dialer) DialContext(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := d.Dialer.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return impatientConn{conn}, nil
}

// DialTimeout implements pq.Dialer.
func (d *dialer) DialTimeout(network, address string, timeout time.Duration) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(context.Background(), timeout)
	defer cancel()
	return d.DialContext(ctx, network, address)
}

type impatientConn struct{ net.Conn }

func (c impatientConn) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(answerTimeout)); err != nil {
		return 0, err
	}
	return c.Conn.Read(b)
}
