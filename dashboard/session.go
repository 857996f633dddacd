package dashboard

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// How long a session lasts without a page being opened, and at most.
const (
	idleSession    = 12 * time.Hour
	longestSession = 7 * 24 * time.Hour
	renewal        = 5 * time.Minute // not each page needs a new cookie
)

const (
	sessionCookie = "sixpack_session"
	visitCookie   = "sixpack_visit"
)

// session is what the cookie of somebody who logged in holds, which is signed
// but not secret.
type session struct {
	ID    string // random
	Name  string // of the user
	Proof string // made from the hash of his password: a new one ends his sessions
	Began int64  // Unix time
	Used  int64  // the same
}

// proof ties a session to a password.
func (g *gate) proof(u User) string { return g.digest("password\x00" + u.Name + "\x00" + u.Hash) }

// session returns who a request is from, if he logged in and may still be in.
func (d *dashboard) session(r *http.Request) (person, bool) {
	c, err := r.Cookie(sessionName(r))
	if err != nil {
		return person{}, false
	}
	var s session
	if d.gate.cookies.Decode(sessionCookie, c.Value, &s) != nil {
		return person{}, false
	}
	user, ok := d.Access.user(s.Name)
	now := d.Now()
	until := time.Unix(s.Began, 0).Add(longestSession)
	idle := now.Sub(time.Unix(s.Used, 0))
	if !ok || s.Proof != d.gate.proof(user) || idle >= idleSession || !now.Before(until) || d.gate.ended.has(s.ID) {
		return person{}, false
	}
	p := person{name: user.Name, role: user.Role, by: bySession, visit: s.ID, until: until}
	if idle >= renewal {
		s.Used = now.Unix()
		p.renew, err = d.sessionCookie(r, s)
	}
	return p, err == nil
}

// begin returns the cookie of a new session.
func (d *dashboard) begin(r *http.Request, u User) (*http.Cookie, error) {
	now := d.Now().Unix()
	return d.sessionCookie(r, session{ID: rand.Text(), Name: u.Name, Proof: d.gate.proof(u), Began: now, Used: now})
}

func (d *dashboard) sessionCookie(r *http.Request, s session) (*http.Cookie, error) {
	value, err := d.gate.cookies.Encode(sessionCookie, s)
	left := min(idleSession, time.Unix(s.Began, 0).Add(longestSession).Sub(d.Now()))
	return d.cookie(r, sessionName(r), value, max(1, int(left.Seconds()))), err
}

// sessionName returns what the cookie of a session is called where a request asked
// for us. Browsers keep no cookies apart by port: without it in the name, whoever
// logs in to another dashboard of the same host would be logged out of this one.
func sessionName(r *http.Request) string {
	if port := (&url.URL{Host: r.Host}).Port(); port != "" {
		return sessionCookie + "_" + port
	}
	return sessionCookie
}

// cookie returns one that only this dashboard gets back, and no script sees. It
// lasts for some seconds, with 0 as long as the browser runs.
func (d *dashboard) cookie(r *http.Request, name, value string, seconds int) *http.Cookie {
	path := d.Prefix
	if path == "" {
		path = "/"
	}
	return &http.Cookie{ //nolint:gosec // Secure would keep people out where there is no TLS
		Name: name, Value: value, Path: path, MaxAge: seconds,
		HttpOnly: true, Secure: from(r).https, SameSite: http.SameSiteLaxMode,
	}
}

// visitor returns somebody without a session. His forms are bound to a random
// cookie, which he gets with his first page.
func (d *dashboard) visitor(r *http.Request, name string, role Role, by means) person {
	p := person{name: name, role: role, by: by}
	if c, err := r.Cookie(visitCookie); err == nil && len(c.Value) == len(rand.Text()) {
		p.visit = c.Value
		return p
	}
	p.visit = rand.Text()
	p.renew = d.cookie(r, visitCookie, p.visit, 0)
	return p
}

// endings are the sessions of which somebody logged out before their time. A
// server that is started anew, or another one, does not know of them; the cookie
// is gone from the browser all the same.
type endings struct {
	mu    sync.Mutex // guards until
	until map[string]time.Time
}

func (e *endings) has(id string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, ok := e.until[id]
	return ok
}

// add notes an ending, and forgets those that time has overtaken.
func (e *endings) add(id string, until, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.until == nil {
		e.until = make(map[string]time.Time)
	}
	for other, then := range e.until {
		if then.Before(now) {
			delete(e.until, other)
		}
	}
	e.until[id] = until
}
