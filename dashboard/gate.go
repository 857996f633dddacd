package dashboard

import (
	"cmp"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"runtime"
	"time"

	"github.com/gorilla/securecookie"
)

// gate is what a dashboard needs to know people again.
type gate struct {
	cookies     *securecookie.SecureCookie // signs sessions
	key         []byte                     // of form tokens
	ended       endings
	fromAddress *limiter
	asUser      *limiter
	hashing     chan struct{} // holds one for each password that is being looked at
	anyHash     string        // of somebody's password
}

func newGate(a Access) *gate {
	secret := a.Secret
	if len(secret) == 0 {
		secret = []byte(rand.Text())
	}
	g := &gate{
		// The time is in the session, as the clock is ours.
		cookies:     securecookie.New(derive(secret, "session"), nil).MaxAge(0).SetSerializer(securecookie.JSONEncoder{}),
		key:         derive(secret, "form"),
		fromAddress: newLimiter(20, 10*time.Second),
		asUser:      newLimiter(10, 30*time.Second),
		hashing:     make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
	for _, u := range a.Users {
		g.anyHash = cmp.Or(g.anyHash, u.Hash)
	}
	return g
}

// derive returns the key for a purpose.
func derive(secret []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "sixpack dashboard "+purpose, sha256.Size)
	if err != nil {
		panic(err) // it is not too long
	}
	return key
}

// digest returns what only who has the secret can make of a text.
func (g *gate) digest(text string) string {
	h := hmac.New(sha256.New, g.key)
	h.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}
