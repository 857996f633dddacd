package access

import (
	"crypto/rand"
	"net/http"
	"net/url"
	"sync"
	"time"
)

// Lifetimes of a session.
const (
	maxIdle    = 12 * time.Hour // without a page being opened
	maxSession = 7 * 24 * time.Hour
	renewAfter = 5 * time.Minute // so that not every page sets a cookie
)

const (
	sessionCookie = "sixpack_session"
	visitCookie   = "sixpack_visit"
)

// session is the content of a session cookie. It is signed, not secret.
type session struct {
	ID    string // random
	Name  string // of the user
	Proof string // signature of the password's hash, so that a new password ends the session
	Began int64  // Unix time
	Used  int64  // Unix time
}

// proof ties a session to a password.
func (g *Guard) proof(u User) string { return g.sign("password\x00" + u.Name + "\x00" + u.Hash) }

// session returns the caller whose session cookie a request carries, if it is
// still valid.
func (g *Guard) session(r *http.Request) (Caller, bool) {
	cookie, err := r.Cookie(sessionName(r))
	if err != nil {
		return Caller{}, false
	}
	var s session
	if g.cookies.Decode(sessionCookie, cookie.Value, &s) != nil {
		return Caller{}, false
	}
	user, ok := g.options.user(s.Name)
	now := g.site.Now()
	until := time.Unix(s.Began, 0).Add(maxSession)
	idle := now.Sub(time.Unix(s.Used, 0))
	if !ok || s.Proof != g.proof(user) || idle >= maxIdle || !now.Before(until) || g.ended.has(s.ID) {
		return Caller{}, false
	}
	c := Caller{Name: user.Name, Role: user.Role, LoggedIn: true, by: bySession, visit: s.ID, until: until}
	if idle >= renewAfter {
		s.Used = now.Unix()
		c.newCookie, err = g.sessionCookie(r, s)
	}
	return c, err == nil
}

// newSession returns the cookie of a new session.
func (g *Guard) newSession(r *http.Request, u User) (*http.Cookie, error) {
	now := g.site.Now().Unix()
	return g.sessionCookie(r, session{ID: rand.Text(), Name: u.Name, Proof: g.proof(u), Began: now, Used: now})
}

func (g *Guard) sessionCookie(r *http.Request, s session) (*http.Cookie, error) {
	value, err := g.cookies.Encode(sessionCookie, s)
	left := min(maxIdle, time.Unix(s.Began, 0).Add(maxSession).Sub(g.site.Now()))
	return g.cookie(r, sessionName(r), value, max(1, int(left.Seconds()))), err
}

// sessionName returns the name of the session cookie, which contains the port that
// the client asked for. Browsers share cookies between ports: without it, logging
// in to another dashboard on the same host would end the session in this one.
func sessionName(r *http.Request) string {
	if port := (&url.URL{Host: r.Host}).Port(); port != "" {
		return sessionCookie + "_" + port
	}
	return sessionCookie
}

// cookie returns a cookie that only this dashboard receives and no script can
// read. A maxAge of 0 seconds keeps it until the browser is closed.
func (g *Guard) cookie(r *http.Request, name, value string, maxAge int) *http.Cookie {
	path := g.site.Prefix
	if path == "" {
		path = "/"
	}
	return &http.Cookie{ //nolint:gosec // Secure would lock people out where there is no TLS
		Name: name, Value: value, Path: path, MaxAge: maxAge,
		HttpOnly: true, Secure: originOf(r).https, SameSite: http.SameSiteLaxMode,
	}
}

// withoutSession returns a caller without a session, whose form tokens are bound to
// a random cookie. The first page sets it.
func (g *Guard) withoutSession(r *http.Request, c Caller) Caller {
	if cookie, err := r.Cookie(visitCookie); err == nil && len(cookie.Value) == len(rand.Text()) {
		c.visit = cookie.Value
		return c
	}
	c.visit = rand.Text()
	c.newCookie = g.cookie(r, visitCookie, c.visit, 0)
	return c
}

// endedSessions are the sessions that were ended by logging out. Only this process
// knows them; the browser has deleted the cookie in any case.
type endedSessions struct {
	mu    sync.Mutex // guards until
	until map[string]time.Time
}

func (e *endedSessions) has(id string) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	_, ok := e.until[id]
	return ok
}

// add records an ended session until it would have ended by itself, and deletes the
// records of those that would have ended by now.
func (e *endedSessions) add(id string, until, now time.Time) {
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
