package dashboard

import (
	"context"
	"net/http"
)

// maxBody is the most bytes that a request may bring: a description is the
// longest that somebody writes.
const maxBody = 1 << 20

var (
	errForbidden = refusal{http.StatusForbidden, "You may look, but not change anything: ask for the role of an editor."}
	errLogin     = refusal{http.StatusUnauthorized, "Log in first."}
	errUnnamed   = refusal{http.StatusUnauthorized, "Nobody logs in here with a password: this is for those whom the sign-on proxy " +
		"names, and for programs with a token."}
	errUnlisted = refusal{http.StatusForbidden, "You are known, but may not look: ask for a role."}
	errOrigin   = refusal{http.StatusForbidden, "This came from another site, so that nothing was changed. " +
		"Open the dashboard itself and do it there."}
	errTooLong = refusal{http.StatusRequestEntityTooLarge, "This is too long, so that nothing was changed. Shorten it to less than a megabyte."}
)

// guard lets requests through to next with what is known of the person.
func (d *dashboard) guard(next http.Handler) http.Handler {
	crossOrigin := http.NewCrossOriginProtection()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = d.locate(r)
		secure(w.Header(), from(r).https)
		r.Body = http.MaxBytesReader(w, r.Body, maxBody)
		p, err := d.identify(r)
		r = r.WithContext(actor(context.WithValue(r.Context(), personKey{}, p), p.name))
		if err == nil && crossOrigin.Check(r) != nil {
			err = errOrigin
		}
		if err != nil {
			d.fail(w, r, err)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// admit refuses a request of somebody who may not.
func (d *dashboard) admit(r *http.Request, needed Role) error {
	switch p := who(r); {
	case !p.role.may(needed) && p.role == Anybody && p.by == byProxy:
		return errUnlisted
	case !p.role.may(needed) && p.role == Anybody && d.Access.passwords():
		return errLogin
	case !p.role.may(needed) && p.role == Anybody:
		return errUnnamed
	case !p.role.may(needed):
		return errForbidden
	case safe(r.Method):
		return nil
	default:
		return d.checkForm(r)
	}
}

// safe tells whether requests of a method change nothing.
func safe(method string) bool { return method == http.MethodGet || method == http.MethodHead }
