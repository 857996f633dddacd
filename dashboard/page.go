package dashboard

import (
	"bytes"
	"embed"
	"html/template"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/dashboard/access"
	"github.com/sixpack-go/sixpack/internal/format"
)

//go:embed templates
var templateFiles embed.FS

// page is the data of every template.
type page struct {
	Title   string
	Prefix  string
	API     string // base URL of the service for programs
	Version string
	Person  string // name of the caller
	Viewer  bool   // the caller may read everything
	Editor  bool   // the caller may change everything
	Session bool   // the caller can log out
	CSRF    string // token for forms
	Path    string // below the prefix
	Body    any    // data of the page itself
}

// URL returns a path below the prefix. It escapes the parts.
func (p page) URL(parts ...string) string {
	escaped := []string{p.Prefix}
	for _, part := range parts {
		escaped = append(escaped, url.PathEscape(part))
	}
	return strings.Join(escaped, "/")
}

// Experiment returns the path of an experiment's page.
func (p page) Experiment(name string) string { return p.URL("experiments", name) + "/" }

// api returns the base URL of the service for programs.
func (d *dashboard) api(r *http.Request) string {
	u, err := url.Parse(d.API)
	if err != nil || u.Hostname() != "" {
		return d.API
	}
	host := r.Host
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	u.Host = net.JoinHostPort(host, u.Port())
	return u.String()
}

// functions are the functions that templates can call.
var functions = template.FuncMap{
	"asset":       asset,
	"count":       format.Count[int64],
	"day":         func(t time.Time) string { return t.Format("2 January 2006") },
	"probability": format.Probability,
	"rate":        format.Rate,
	"total":       format.Total,
	"value":       format.Value,
}

var templates = parse("list", "experiment", "confirm", "login", "error")

// parse returns templates by name, each with the shared layout.
func parse(names ...string) map[string]*template.Template {
	layout := template.Must(template.New("layout.html").Funcs(functions).ParseFS(templateFiles, "templates/layout.html", "templates/bar.html", "templates/history.html"))
	all := make(map[string]*template.Template)
	for _, name := range names {
		all[name] = template.Must(template.Must(layout.Clone()).ParseFS(templateFiles, "templates/"+name+".html"))
	}
	return all
}

// render writes a page. If it fails, it writes nothing.
func (d *dashboard) render(w http.ResponseWriter, r *http.Request, name, title string, body any) error {
	return d.renderAs(w, r, http.StatusOK, name, title, body)
}

// renderAs writes a page with a status.
func (d *dashboard) renderAs(w http.ResponseWriter, r *http.Request, status int, name, title string, body any) error {
	c := access.CallerOf(r)
	var text bytes.Buffer
	err := templates[name].Execute(&text, page{
		Title: title, Prefix: d.Prefix, API: d.api(r), Version: d.Version, Person: c.Name, Viewer: c.Role.Allows(access.Viewer),
		Editor: c.Role.Allows(access.Editor), Session: c.LoggedIn, CSRF: d.guard.FormToken(r), Path: strings.TrimPrefix(r.URL.Path, d.Prefix), Body: body,
	})
	if err != nil {
		return err
	}
	c.SetCookie(w)
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.WriteHeader(status)
	_, err = text.WriteTo(w)
	return err
}

func (d *dashboard) showLogin(w http.ResponseWriter, r *http.Request, status int, page access.LoginPage) error {
	return d.renderAs(w, r, status, "login", "Log in", page)
}
