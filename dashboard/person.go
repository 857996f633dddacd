package dashboard

import (
	"context"
	"net/http"
	"net/netip"
	"time"

	"github.com/sixpack-go/sixpack"
)

// person is who makes a request, and how.
type person struct {
	name string
	role Role
	by   means
	// visit is what his forms are bound to: the identity of his session, or that
	// of a cookie for those who have none.
	visit string
	// renew is the cookie that he gets with the next page, if any.
	renew *http.Cookie
	// until is when his session ends at the latest.
	until time.Time
}

// means is how somebody says who he is.
type means int

// The means. Browsers send along by themselves what proves all but the last.
const (
	byNothing means = iota
	byLoopback
	byProxy
	bySession
	byToken
)

type personKey struct{}

// who returns the person who makes a request.
func who(r *http.Request) person {
	p, _ := r.Context().Value(personKey{}).(person)
	return p
}

// actor puts the name of who makes a change where the audit log finds it.
func actor(ctx context.Context, name string) context.Context { return sixpack.WithActor(ctx, name) }

// identify finds out who makes a request. Its error is for those who claim to be
// somebody, or to be here, and are not.
func (d *dashboard) identify(r *http.Request) (person, error) {
	if token, ok := bearer(r); ok {
		return d.program(token)
	}
	if !d.Access.Configured() {
		if err := local(r); err != nil {
			return person{}, err
		}
		return d.visitor(r, "", Editor, byLoopback), nil
	}
	if name, ok := d.proxied(r); ok {
		return d.visitor(r, name, d.proxiedRole(name), byProxy), nil
	}
	if p, ok := d.session(r); ok {
		return p, nil
	}
	return d.visitor(r, "", Anybody, byNothing), nil
}

// origin is where a request comes from, as far as that can be believed.
type origin struct {
	address netip.Addr
	https   bool
}

type originKey struct{}

// from returns where a request comes from.
func from(r *http.Request) origin {
	o, _ := r.Context().Value(originKey{}).(origin)
	return o
}
