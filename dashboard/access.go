package dashboard

import (
	"context"
	"net"
	"net/http"
	"net/netip"
)

// Access says who may come in, and as what. With none of Users, Tokens and Proxy
// set, everybody who reaches the dashboard at a loopback address is an editor.
type Access struct {
	// Users log in with a password.
	Users []User
	// Tokens are for programs, which send "Authorization: Bearer TOKEN".
	Tokens []Token
	// Proxy is trusted to say who somebody is, as a single sign-on proxy does.
	Proxy Proxy
	// Secret signs sessions. If empty, a random one is made, so that everybody has
	// to log in again after a restart.
	Secret []byte
}

// User is one who logs in.
type User struct {
	Name string
	Hash string // of the password, as "sixpack passwd" prints it
	Role Role
}

// Token is that of a program.
type Token struct {
	Name string // of the program, as the audit log shows it
	Hash string // of the token, as "sixpack passwd --token" prints it
	Role Role
}

// Proxy is a trusted one.
type Proxy struct {
	// Header holds the name of the user, such as "X-Forwarded-User": no proxy is
	// trusted if it is empty.
	Header string
	// From are the addresses of the proxy. The header is ignored from elsewhere.
	From []netip.Prefix
	// Role is what users are that the proxy lets in and Users does not list.
	Role Role
}

// Role is what somebody may do.
type Role string

// The roles, each of which may do what those before it may.
const (
	Anybody Role = ""       // the login page and what it needs
	Viewer  Role = "viewer" // look at everything
	Editor  Role = "editor" // change everything
)

// may tells whether r may do what takes another role.
func (r Role) may(needed Role) bool {
	return needed == Anybody || r == Editor || r == needed
}

// person is who makes a request.
type person struct {
	name string
	role Role
}

type personKey struct{}

// who returns the person who makes a request.
func who(r *http.Request) person {
	p, _ := r.Context().Value(personKey{}).(person)
	return p
}

// guard lets requests through to next with what is known of the person.
func (d *dashboard) guard(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		secure(w.Header())
		if !loopback(r.Host) {
			d.fail(w, r, refusal{http.StatusForbidden, "This dashboard has no passwords yet, so that it answers on this machine only."})
			return
		}
		next.ServeHTTP(w, r.WithContext(context.WithValue(r.Context(), personKey{}, person{"", Editor})))
	})
}

// admit refuses a request of somebody who may not.
func (d *dashboard) admit(r *http.Request, needed Role) error {
	switch p := who(r); {
	case p.role.may(needed):
		return nil
	case p.role == Anybody:
		return errLogin
	default:
		return errForbidden
	}
}

// loopback tells whether a host, with or without a port, is this machine.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	if host == "localhost" {
		return true
	}
	address, err := netip.ParseAddr(host)
	return err == nil && address.IsLoopback()
}

// secure sets the headers that every answer has.
func secure(h http.Header) {
	h.Set("Content-Security-Policy", "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "+
		"connect-src 'self'; font-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
}

// token returns the CSRF token that a form must carry.
func (d *dashboard) token(*http.Request) string { return "" }
