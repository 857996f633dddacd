package redistest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"
)

// Certificates returns a folder with a CA (ca.pem) and certificates that it signed
// for a server on 127.0.0.1 (server.pem, server.key) and a client (client.pem,
// client.key). It is removed after the test.
func Certificates(tb testing.TB) (folder string) {
	tb.Helper()
	folder = tb.TempDir()
	authority := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	key := newKey(tb)
	writePEM(tb, filepath.Join(folder, "ca.pem"), "CERTIFICATE", sign(tb, authority, authority, key, key))
	for i, name := range []string{"server", "client"} {
		c := &x509.Certificate{
			SerialNumber: big.NewInt(int64(2 + i)), Subject: pkix.Name{CommonName: name}, NotAfter: authority.NotAfter,
			IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)}, KeyUsage: x509.KeyUsageDigitalSignature,
			ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth},
		}
		own := newKey(tb)
		writePEM(tb, filepath.Join(folder, name+".pem"), "CERTIFICATE", sign(tb, c, authority, own, key))
		text, err := x509.MarshalPKCS8PrivateKey(own)
		if err != nil {
			tb.Fatal(err)
		}
		writePEM(tb, filepath.Join(folder, name+".key"), "PRIVATE KEY", text)
	}
	return folder
}

func newKey(tb testing.TB) *ecdsa.PrivateKey {
	tb.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		tb.Fatal(err)
	}
	return key
}

func sign(tb testing.TB, c, by *x509.Certificate, key, with *ecdsa.PrivateKey) []byte {
	tb.Helper()
	text, err := x509.CreateCertificate(rand.Reader, c, by, &key.PublicKey, with)
	if err != nil {
		tb.Fatal(err)
	}
	return text
}

func writePEM(tb testing.TB, path, kind string, content []byte) {
	tb.Helper()
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: content}), 0o600); err != nil {
		tb.Fatal(err)
	}
}
