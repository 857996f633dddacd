package access

import (
	"net/http"
	"time"
)

// Caller is who makes a request.
type Caller struct {
	Name     string // of the user or program; empty if unknown
	Role     Role
	LoggedIn bool // with a password, so the caller can log out

	by method
	// visit is what form tokens are bound to: the ID of the session, or the value
	// of the visit cookie.
	visit string
	// newCookie is set with the next page unless it is nil.
	newCookie *http.Cookie
	// until is when the session ends at the latest.
	until time.Time
}

// method is how a caller was identified.
type method int

// The methods. Browsers send the credentials of all but the last automatically.
const (
	byNothing method = iota
	byLoopback
	byProxy
	bySession
	byToken
)

type callerKey struct{}

// CallerOf returns who makes a request that passed [Guard.Protect].
func CallerOf(r *http.Request) Caller {
	c, _ := r.Context().Value(callerKey{}).(Caller)
	return c
}

// SetCookie renews the caller's session, or sets the cookie to which their form
// tokens are bound, if that is due. Every answer that contains a form token
// needs it before its header is written.
func (c Caller) SetCookie(w http.ResponseWriter) {
	if c.newCookie != nil {
		http.SetCookie(w, c.newCookie)
	}
}

// identify returns who makes a request. An error means that the caller presented
// an invalid token, or that only this machine has access and the request may come
// from elsewhere.
func (g *Guard) identify(r *http.Request) (Caller, error) {
	if token, ok := bearer(r); ok {
		return g.program(token)
	}
	if !g.options.Configured() {
		if err := checkLoopback(r); err != nil {
			return Caller{}, err
		}
		return g.withoutSession(r, Caller{Role: Editor, by: byLoopback}), nil
	}
	if name, ok := g.options.Proxy.user(r); ok {
		role := g.options.Proxy.Role
		if u, ok := g.options.user(name); ok {
			role = u.Role
		}
		return g.withoutSession(r, Caller{Name: name, Role: role, by: byProxy}), nil
	}
	if c, ok := g.session(r); ok {
		return c, nil
	}
	return g.withoutSession(r, Caller{by: byNothing}), nil
}
