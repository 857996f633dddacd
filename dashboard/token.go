package dashboard

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"
)

// challenge says what a program needs that is not let in.
const challenge = `Bearer realm="sixpack"`

var errToken = refusal{http.StatusUnauthorized, "This token is not known here."}

// NewToken makes up a token for a program: 32 random bytes, as text.
func NewToken() string {
	const length = 32
	bytes := make([]byte, length)
	_, _ = rand.Read(bytes) // never fails
	return base64.RawURLEncoding.EncodeToString(bytes)
}

const hashScheme = "sha256:"

// HashToken returns what Access needs to know a token again. Nobody can guess 32
// random bytes, so that it need not be slow, as it must be for passwords.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hashScheme + hex.EncodeToString(sum[:])
}

func isTokenHash(hash string) bool {
	text, ok := strings.CutPrefix(hash, hashScheme)
	sum, err := hex.DecodeString(text)
	return ok && err == nil && len(sum) == sha256.Size
}

// bearer returns the token of a request.
func bearer(r *http.Request) (token string, ok bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "bearer")
}

// program returns the one that a token belongs to.
func (d *dashboard) program(token string) (person, error) {
	hash := []byte(HashToken(token))
	p, err := person{}, error(errToken)
	for _, t := range d.Access.Tokens {
		if subtle.ConstantTimeCompare(hash, []byte(t.Hash)) == 1 {
			p, err = person{name: t.Name, role: t.Role, by: byToken}, nil
		}
	}
	return p, err
}
