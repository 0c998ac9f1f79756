package plugintest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"errors"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

// Certificate is that of a server on 127.0.0.1.
type Certificate struct {
	Cert, Key string // paths of PEM files
	Server    *tls.Config
}

// TrustedCertificate returns a certificate of an authority that this process
// trusts, and no other: SSL_CERT_FILE names it.
func TrustedCertificate(t *testing.T) Certificate {
	t.Helper()
	authority, err := trusted()
	if err != nil {
		t.Fatal(err)
	}
	return authority.certify(t)
}

// StrangeCertificate returns a certificate of an authority that this process
// does not trust.
func StrangeCertificate(t *testing.T) Certificate {
	t.Helper()
	// First, because Go reads SSL_CERT_FILE once.
	if _, err := trusted(); err != nil {
		t.Fatal(err)
	}
	strange, err := newAuthority()
	if err != nil {
		t.Fatal(err)
	}
	return strange.certify(t)
}

// trusted makes the authority that this process trusts.
var trusted = sync.OnceValues(func() (*authority, error) {
	made, err := newAuthority()
	if err != nil {
		return nil, err
	}
	directory, err := Directory()
	if err != nil {
		return nil, err
	}
	file := filepath.Join(directory, "ca.pem")
	return made, errors.Join(writePEM(file, "CERTIFICATE", made.cert.Raw), os.Setenv("SSL_CERT_FILE", file))
})

type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
}

func newAuthority() (*authority, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	template := validToday("test authority")
	template.IsCA, template.BasicConstraintsValid = true, true
	template.KeyUsage = x509.KeyUsageCertSign
	der, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	cert, err := x509.ParseCertificate(der)
	return &authority{cert, key}, err
}

func (a *authority) certify(t *testing.T) Certificate {
	t.Helper()
	directory := t.TempDir()
	made := Certificate{Cert: filepath.Join(directory, "cert.pem"), Key: filepath.Join(directory, "key.pem")}
	if err := a.write(made); err != nil {
		t.Fatal(err)
	}
	pair, err := tls.LoadX509KeyPair(made.Cert, made.Key)
	if err != nil {
		t.Fatal(err)
	}
	made.Server = &tls.Config{Certificates: []tls.Certificate{pair}, MinVersion: tls.VersionTLS12}
	return made
}

func (a *authority) write(made Certificate) error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	template := validToday("127.0.0.1")
	template.IPAddresses = []net.IP{net.IPv4(127, 0, 0, 1)}
	template.ExtKeyUsage = []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth}
	cert, err := x509.CreateCertificate(rand.Reader, template, a.cert, &key.PublicKey, a.key)
	if err != nil {
		return err
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	return errors.Join(err, writePEM(made.Cert, "CERTIFICATE", cert), writePEM(made.Key, "PRIVATE KEY", private))
}

func validToday(name string) *x509.Certificate {
	now := time.Now()
	return &x509.Certificate{
		SerialNumber: big.NewInt(now.UnixNano()),
		Subject:      pkix.Name{CommonName: name},
		NotBefore:    now.Add(-time.Hour),
		NotAfter:     now.Add(24 * time.Hour),
	}
}

func writePEM(file, kind string, der []byte) error {
	return os.WriteFile(file, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600)
}
