package dashboard

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
)

// accessRoutes are those by which people come and go.
func (d *dashboard) accessRoutes() []route {
	return []route{
		{http.MethodGet, "/login", Anybody, d.loginForm},
		{http.MethodPost, "/login", Anybody, d.login},
		{http.MethodPost, "/logout", Anybody, d.logout},
	}
}

// loginPage is the page on which one logs in.
type loginPage struct {
	Name    string // as it was given
	Next    string // where to go then
	Problem string // with the last try
}

const (
	wrongCredentials = "The name or the password is wrong."
	tooManyTries     = "Too many logins have failed. Try again in %d seconds."
)

var errNoPasswords = refusal{http.StatusNotFound, "Nobody logs in here with a password."}

// loginForm serves the login page, to those who are not in yet.
func (d *dashboard) loginForm(w http.ResponseWriter, r *http.Request) error {
	next := d.inside(r.URL.Query().Get("next"))
	switch {
	case who(r).role != Anybody:
		http.Redirect(w, r, next, http.StatusSeeOther) //nolint:gosec // it is inside
		return nil
	case !d.Access.passwords():
		return errNoPasswords
	}
	return d.render(w, r, "login", "Log in", loginPage{Next: next})
}

// login lets somebody in who has the password.
func (d *dashboard) login(w http.ResponseWriter, r *http.Request) error {
	if !d.Access.passwords() {
		return errNoPasswords
	}
	form := loginPage{Name: r.PostFormValue("name"), Next: d.inside(r.PostFormValue("next"))}
	undo, wait := d.try(r, form.Name)
	if wait > 0 {
		d.Log.Warn("too many logins", "from", from(r).address)
		seconds := int(math.Ceil(wait.Seconds()))
		w.Header().Set("Retry-After", strconv.Itoa(seconds))
		form.Problem = fmt.Sprintf(tooManyTries, seconds)
		return d.renderAs(w, r, http.StatusTooManyRequests, "login", "Log in", form)
	}
	user, err := d.verify(r.Context(), form.Name, r.PostFormValue("password"))
	switch {
	case errors.Is(err, errCredentials):
		// The name is not told: it may be the password, in the wrong field.
		d.Log.Warn("login failed", "from", from(r).address)
		form.Problem = wrongCredentials
		w.Header().Set("WWW-Authenticate", challenge)
		return d.renderAs(w, r, http.StatusUnauthorized, "login", "Log in", form)
	case err != nil:
		return err
	}
	undo()
	return d.enter(w, r, user, form.Next)
}

// try takes one try from an address and for a name.
func (d *dashboard) try(r *http.Request, name string) (undo func(), wait time.Duration) {
	now := d.Now()
	undoAddress, wait := d.gate.fromAddress.take(network(from(r).address), now)
	if wait > 0 {
		return nil, wait
	}
	undoName, wait := d.gate.asUser.take(name, now)
	if wait > 0 {
		return nil, wait
	}
	return func() { undoAddress(); undoName() }, 0
}

func (d *dashboard) enter(w http.ResponseWriter, r *http.Request, user User, next string) error {
	c, err := d.begin(r, user)
	if err != nil {
		return err
	}
	d.Log.Info("login", "user", user.Name, "role", user.Role, "from", from(r).address)
	http.SetCookie(w, c)
	http.Redirect(w, r, next, http.StatusSeeOther)
	return nil
}

// logout ends a session.
func (d *dashboard) logout(w http.ResponseWriter, r *http.Request) error {
	p := who(r)
	if p.by == bySession {
		d.gate.ended.add(p.visit, p.until, d.Now())
		d.Log.Info("logout", "user", p.name, "from", from(r).address)
	}
	http.SetCookie(w, d.cookie(r, sessionName(r), "", -1))
	http.Redirect(w, r, d.Prefix+"/login", http.StatusSeeOther)
	return nil
}

// toLogin sends somebody who has to log in there, and from there back to where
// he wanted to go.
func (d *dashboard) toLogin(w http.ResponseWriter, r *http.Request) {
	to := d.Prefix + "/login"
	if next := r.URL.RequestURI(); safe(r.Method) && next != d.Prefix+"/" {
		to += "?next=" + url.QueryEscape(next)
	}
	http.Redirect(w, r, to, http.StatusSeeOther)
}

// inside returns the path of a page to go to if it is one of the dashboard, else
// its first page.
func (d *dashboard) inside(next string) string {
	home := d.Prefix + "/"
	u, err := url.Parse(next)
	if err != nil || u.Scheme != "" || u.Host != "" || strings.ContainsFunc(u.Path, odd) {
		return home
	}
	// Parse has refused control characters that are not escaped. Browsers resolve dots, also those that are escaped, and take // for a host.
	clean := path.Clean(u.Path)
	if clean != u.Path && clean+"/" != u.Path || !strings.HasPrefix(u.Path, home) {
		return home
	}
	return (&url.URL{Path: u.Path, RawPath: u.RawPath, RawQuery: u.RawQuery}).String()
}

// odd tells whether browsers drop a letter from a URL, or take it for a slash.
func odd(letter rune) bool { return letter == '\\' || unicode.IsControl(letter) }
