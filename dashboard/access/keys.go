package access

import (
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
)

// deriveKey returns the key for one purpose.
func deriveKey(secret []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "sixpack dashboard "+purpose, sha256.Size)
	if err != nil {
		panic(err) // happens only to longer keys
	}
	return key
}

// sign returns a signature of text. Nobody without the secret can produce it.
func (g *Guard) sign(text string) string {
	h := hmac.New(sha256.New, g.formKey)
	h.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
