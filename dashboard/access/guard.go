package access

import (
	"cmp"
	"context"
	"crypto/hkdf"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"log/slog"
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/gorilla/securecookie"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
)

// maxBody is the maximum size of a request body in bytes. The longest texts are
// descriptions.
const maxBody = 1 << 20

var (
	errReadOnly    = reply.Refuse(http.StatusForbidden, "You have read-only access. Ask an administrator for the editor role.")
	errLogin       = reply.Refuse(http.StatusUnauthorized, "Log in first, or send an API token.")
	errNoLogin     = reply.Refuse(http.StatusUnauthorized, "Password login is off. Sign in through your SSO proxy, or send an API token.")
	errNoRole      = reply.Refuse(http.StatusForbidden, "You are signed in but have no access. Ask an administrator for a role.")
	errCrossOrigin = reply.Refuse(http.StatusForbidden, "The request came from another site, so nothing was changed. Open the dashboard itself and try again there.")
)

// Site is the dashboard that a [Guard] protects. All fields but Prefix are
// required.
type Site struct {
	Prefix string // path below which it is mounted, such as "/ab"; empty for the root
	Log    *slog.Logger
	Now    func() time.Time

	// WantsJSON reports whether to answer errors in JSON. Other callers are
	// redirected to the login page if they must log in.
	WantsJSON func(r *http.Request) bool
	// Fail answers with an error.
	Fail func(w http.ResponseWriter, r *http.Request, err error)
	// ShowLogin answers with the login page.
	ShowLogin func(w http.ResponseWriter, r *http.Request, status int, page LoginPage) error
}

// Guard protects a dashboard.
type Guard struct {
	options Options
	site    Site

	cookies       *securecookie.SecureCookie // signs sessions
	formKey       []byte                     // signs form tokens
	ended         endedSessions
	addressLimit  *limiter
	nameLimit     *limiter
	hashing       chan struct{} // holds one value per password that is being compared
	referenceHash string        // of some user's password, compared if the name is unknown
}

// New returns a guard.
func New(o Options, s Site) *Guard {
	secret := o.Secret
	if len(secret) == 0 {
		secret = []byte(rand.Text())
	}
	g := &Guard{
		options: o, site: s,
		// MaxAge(0): the session holds its times, which come from the site's clock.
		cookies:      securecookie.New(deriveKey(secret, "session"), nil).MaxAge(0).SetSerializer(securecookie.JSONEncoder{}),
		formKey:      deriveKey(secret, "form"),
		addressLimit: newLimiter(20, 10*time.Second),
		nameLimit:    newLimiter(10, 30*time.Second),
		hashing:      make(chan struct{}, runtime.GOMAXPROCS(0)),
	}
	for _, u := range o.Users {
		g.referenceHash = cmp.Or(g.referenceHash, u.Hash)
	}
	return g
}

// Protect wraps the whole dashboard: it sets the security headers, limits the
// body, identifies the caller, and refuses callers with invalid credentials and
// requests from other origins. [Guard.Handler] then checks the role per route.
func (g *Guard) Protect(next http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = g.locate(r)
		setSecurityHeaders(w.Header(), originOf(r).https)
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		c, err := g.identify(r)
		r = r.WithContext(sixpack.WithActor(context.WithValue(r.Context(), callerKey{}, c), c.Name))
		if err == nil && crossOrigin.Check(r) != nil {
			err = errCrossOrigin
		}
		if err != nil {
			g.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// Handler serves a route, to callers who have its role. If the request can change
// something, it must also carry a form token or a bearer token. The handler must run
// inside [Guard.Protect].
func (g *Guard) Handler(route Route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := g.admit(r, route.role)
		if err == nil {
			err = route.serve(w, r)
		}
		if err != nil {
			g.fail(w, r, err)
		}
	})
}

// admit returns an error if the caller lacks a role, or the proof that a change
// is intended.
func (g *Guard) admit(r *http.Request, role Role) error {
	switch c := CallerOf(r); {
	case c.Role.Allows(role) && readOnly(r.Method):
		return nil
	case c.Role.Allows(role):
		return g.checkForm(r)
	case c.Role != NoRole:
		return errReadOnly
	case c.by == byProxy:
		return errNoRole
	case g.options.passwords():
		return errLogin
	default:
		return errNoLogin
	}
}

// fail answers with an error, or redirects browsers that must log in.
func (g *Guard) fail(w http.ResponseWriter, r *http.Request, err error) {
	switch {
	case errors.Is(err, errLogin) && !g.site.WantsJSON(r):
		g.redirectToLogin(w, r)
		return
	case reply.ErrorOf(err).Status == http.StatusUnauthorized:
		w.Header().Set("WWW-Authenticate", challenge)
	}
	g.site.Fail(w, r, err)
}

// readOnly reports whether requests with this method change nothing.
func readOnly(method string) bool { return method == http.MethodGet || method == http.MethodHead }

// deriveKey returns the key for one purpose.
func deriveKey(secret []byte, purpose string) []byte {
	key, err := hkdf.Key(sha256.New, secret, nil, "sixpack dashboard "+purpose, sha256.Size)
	if err != nil {
		panic(err) // happens only to longer keys
	}
	return key
}

// sign returns a signature of text. It cannot be forged without the secret.
func (g *Guard) sign(text string) string {
	h := hmac.New(sha256.New, g.formKey)
	h.Write([]byte(text))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// Route is a method and a path of the dashboard and the role that callers need.
type Route struct {
	Method string
	Path   string // below the prefix, as a pattern of [http.ServeMux]

	role  Role
	serve Serve
}

// Serve answers a request, or returns an error and writes nothing.
type Serve func(w http.ResponseWriter, r *http.Request) error

// For returns a route for callers who have a role. The pattern is a method and a path.
func For(role Role, pattern string, serve Serve) Route {
	method, path, _ := strings.Cut(pattern, " ")
	return Route{method, path, role, serve}
}

// securityHeaders are in every answer.
var securityHeaders = map[string]string{
	"Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; " +
		"connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
	"X-Content-Type-Options":       "nosniff",
	"X-Frame-Options":              "DENY",
	"Referrer-Policy":              "same-origin",
	"Cross-Origin-Opener-Policy":   "same-origin",
	"Cross-Origin-Resource-Policy": "same-origin",
	"Permissions-Policy":           "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
	"Cache-Control":                "no-store",
}

func setSecurityHeaders(h http.Header, https bool) {
	for name, value := range securityHeaders {
		h.Set(name, value)
	}
	if https {
		h.Set("Strict-Transport-Security", "max-age=31536000") // a year, without other hosts of the domain
	}
}
