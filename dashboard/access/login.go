package access

import (
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/url"
	"path"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
)

// LoginPage is the content of the login page.
type LoginPage struct {
	Name    string // as entered
	Next    string // path of the page to open after the login
	Problem string // with the last attempt; empty on the first
}

const (
	wrongCredentials = "The name or the password is wrong. Try again."
	tooManyAttempts  = "Too many failed logins. Try again in %d seconds."
)

var errNoPasswords = reply.Refuse(http.StatusNotFound, "Password login is off. Sign in through your SSO proxy, or send an API token.")

// Routes returns the routes by which users log in and out.
func (g *Guard) Routes() []Route {
	return []Route{
		For(NoRole, "GET /login", g.showLogin),
		For(NoRole, "POST /login", g.login),
		For(NoRole, "POST /logout", g.logout),
	}
}

// showLogin answers with the login page, or redirects callers who already have access.
func (g *Guard) showLogin(w http.ResponseWriter, r *http.Request) error {
	next := g.localPath(r.URL.Query().Get("next"))
	switch {
	case CallerOf(r).Role != NoRole:
		http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // localPath returns paths of the dashboard only
		return nil
	case !g.options.passwords():
		return errNoPasswords
	}
	return g.site.ShowLogin(w, r, http.StatusOK, LoginPage{Next: next})
}

// login starts a session and redirects to the page in the field next if the fields name
// and password are right.
func (g *Guard) login(w http.ResponseWriter, r *http.Request) error {
	if !g.options.passwords() {
		return errNoPasswords
	}
	page := LoginPage{Name: r.PostFormValue("name"), Next: g.localPath(r.PostFormValue("next"))}
	undo, wait := g.attempt(r, page.Name)
	if wait > 0 {
		g.site.Log.Warn("too many failed logins", "from", originOf(r).address)
		seconds := int(math.Ceil(wait.Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		page.Problem = fmt.Sprintf(tooManyAttempts, seconds)
		return g.site.ShowLogin(w, r, http.StatusTooManyRequests, page)
	}
	user, err := g.authenticate(r.Context(), page.Name, r.PostFormValue("password"))
	switch {
	case errors.Is(err, errCredentials):
		// The name is not logged: it may be a password, in the wrong field.
		g.site.Log.Warn("login failed", "from", originOf(r).address)
		page.Problem = wrongCredentials
		w.Header().Set("WWW-Authenticate", challenge)
		return g.site.ShowLogin(w, r, http.StatusUnauthorized, page)
	case err != nil:
		return err
	}
	undo()
	cookie, err := g.newSession(r, user)
	if err != nil {
		return err
	}
	g.site.Log.Info("login", "user", user.Name, "role", user.Role, "from", originOf(r).address)
	http.SetCookie(w, cookie)
	http.Redirect(w, r, page.Next, http.StatusSeeOther)
	return nil
}

// attempt counts a login against the limits of the address and the name. If a limit is
// reached, it returns how long to wait.
func (g *Guard) attempt(r *http.Request, name string) (undo func(), wait time.Duration) {
	now := g.site.Now()
	undoAddress, wait := g.addressLimit.take(network(originOf(r).address), now)
	if wait > 0 {
		return nil, wait
	}
	undoName, wait := g.nameLimit.take(name, now)
	if wait > 0 {
		return nil, wait
	}
	return func() { undoAddress(); undoName() }, 0
}

// logout ends the caller's session.
func (g *Guard) logout(w http.ResponseWriter, r *http.Request) error {
	if c := CallerOf(r); c.LoggedIn {
		g.ended.add(c.visit, c.until, g.site.Now())
		g.site.Log.Info("logout", "user", c.Name, "from", originOf(r).address)
	}
	http.SetCookie(w, g.cookie(r, sessionName(r), "", -1))
	http.Redirect(w, r, g.site.Prefix+"/login", http.StatusSeeOther)
	return nil
}

// redirectToLogin redirects a browser to the login page, which leads back to the
// requested page.
func (g *Guard) redirectToLogin(w http.ResponseWriter, r *http.Request) {
	to := g.site.Prefix + "/login"
	if next := r.URL.RequestURI(); readOnly(r.Method) && next != g.site.Prefix+"/" {
		to += "?next=" + url.QueryEscape(next)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// localPath returns next if it is the path of a page of this dashboard, else the
// path of the first page.
func (g *Guard) localPath(next string) string {
	home := g.site.Prefix + "/"
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || strings.ContainsFunc(u.Path, isUnsafe) {
		return home
	}
	// Parse has refused unescaped control characters. Browsers resolve dots, escaped or not, and read // as the start of a host.
	clean := path.Clean(u.Path)
	if clean != u.Path && clean+"/" != u.Path || !strings.HasPrefix(u.Path, home) {
		return home
	}
	return (&url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}).String()
}

// isUnsafe reports whether browsers remove a character from a URL, or read it as a
// slash.
func isUnsafe(letter rune) bool { return letter == '\\' || unicode.IsControl(letter) }
