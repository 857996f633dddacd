package access

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"net/http"
	"strings"

	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
)

// challenge is the WWW-Authenticate header of each 401 answer.
const challenge = `Bearer realm="sixpack"`

var errToken = reply.Refuse(http.StatusUnauthorized, "This API token is not valid. Create one with \"sixpack passwd --token\".")

// NewToken returns a random token for a program: 32 bytes, base64-encoded.
func NewToken() string {
	const length = 32
	bytes := make([]byte, length)
	_, _ = rand.Read(bytes) // never fails
	return base64.RawURLEncoding.EncodeToString(bytes)
}

const hashScheme = "sha256:"

// HashToken returns the hash of a token for a [Token]. Unlike the hash of a
// password it need not be slow, because nobody can guess 32 random bytes.
func HashToken(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hashScheme + hex.EncodeToString(sum[:])
}

func isTokenHash(hash string) bool {
	text, ok := strings.CutPrefix(hash, hashScheme)
	sum, err := hex.DecodeString(text)
	return ok && err == nil && len(sum) == sha256.Size
}

// HasToken reports whether a request carries a bearer token, valid or not.
func HasToken(r *http.Request) bool {
	_, ok := bearer(r)
	return ok
}

// bearer returns the token that a request carries.
func bearer(r *http.Request) (token string, ok bool) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	return strings.TrimSpace(token), strings.EqualFold(scheme, "bearer")
}

// program returns the program to which a token belongs.
func (g *Guard) program(token string) (Caller, error) {
	hash := []byte(HashToken(token))
	c, err := Caller{}, errToken
	for _, t := range g.options.Tokens {
		if subtle.ConstantTimeCompare(hash, []byte(t.Hash)) == 1 {
			c, err = Caller{Name: t.Name, Role: t.Role, by: byToken}, nil
		}
	}
	return c, err
}
