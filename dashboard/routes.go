package dashboard

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard/access"
	refusals "github.com/sixpack-go/sixpack/dashboard/internal/refusal"
)

// refusal is an error that the caller sees.
type refusal struct {
	status  int
	message string
}

func (r refusal) Error() string { return r.message }

// route is a method and path of the dashboard.
type route struct {
	method string
	path   string      // pattern of http.ServeMux, below the prefix
	role   access.Role // that the caller must have
	serve  func(w http.ResponseWriter, r *http.Request) error
}

// routes returns all routes.
func (d *dashboard) routes() []route {
	all := []route{
		{http.MethodGet, "/{$}", access.Viewer, d.list(active)},
		{http.MethodGet, "/paused", access.Viewer, d.list(paused)},
		{http.MethodGet, "/archived", access.Viewer, d.list(archived)},
		{http.MethodGet, "/experiments/{name}/{$}", access.Viewer, d.experiment},
		{http.MethodGet, "/static/{file}", access.NoRole, d.static},
		{http.MethodGet, "/favicon.ico", access.NoRole, d.static},
		{http.MethodGet, "/_status", access.NoRole, d.status},
	}
	login := []route{
		{http.MethodGet, "/login", access.NoRole, d.guard.LoginForm},
		{http.MethodPost, "/login", access.NoRole, d.guard.Login},
		{http.MethodPost, "/logout", access.NoRole, d.guard.Logout},
	}
	return slices.Concat(all, login, d.legacyRoutes(), d.actionRoutes(), d.apiRoutes())
}

// handler serves the routes. Middleware is applied in the order shown.
func (d *dashboard) handler() http.Handler {
	mux := http.NewServeMux()
	methods := make(map[string][]string)
	for _, r := range d.routes() {
		mux.Handle(r.method+" "+d.Prefix+r.path, d.guard.Require(r.role, r.serve))
		methods[r.path] = append(methods[r.path], r.method)
	}
	for path, allowed := range methods {
		mux.Handle(d.Prefix+path, d.wrongMethod(allowed))
	}
	// Without a role, callers cannot find out which paths exist.
	unknown := d.guard.Require(access.Viewer, func(http.ResponseWriter, *http.Request) error { return errNotFound })
	mux.Handle("/", unknown)
	if d.Prefix != "" {
		mux.Handle(d.Prefix+"/", unknown) // redirects the prefix without a slash
	}
	return d.guard.Protect(compress(mux))
}

// wrongMethod answers requests whose method a path does not have.
func (d *dashboard) wrongMethod(allowed []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		d.fail(w, r, errMethod)
	})
}

var (
	errNotFound = refusal{http.StatusNotFound, "There is no such page."}
	errMethod   = refusal{http.StatusMethodNotAllowed, "Method not allowed."}
)

// explain returns what the caller is told about an error.
func explain(err error) refusals.Error {
	if known, ok := errors.AsType[refusal](err); ok {
		return refusals.Error{Status: known.status, Message: known.message}
	}
	if wrong, ok := errors.AsType[mistakes](err); ok {
		return refusals.Error{Status: http.StatusBadRequest, Message: wrong.Error()}
	}
	return refusals.Of(err)
}

// settle returns nil if err refuses what is done already, so that programs can repeat
// their requests, and adds how to confirm what can be confirmed.
func settle(err error, confirmation string) error {
	conflict, ok := errors.AsType[*sixpack.ConflictError](err)
	switch {
	case ok && conflict.Done:
		return nil
	case ok && conflict.Confirmable:
		return refusal{http.StatusConflict, conflict.Message + " " + confirmation}
	default:
		return err
	}
}

// fail answers with an error, in JSON if the request wants it.
func (d *dashboard) fail(w http.ResponseWriter, r *http.Request, err error) {
	is := explain(err)
	if is.Status >= http.StatusInternalServerError {
		d.Log.Error("dashboard", "path", r.URL.Path, "error", err)
	}
	if d.wantsJSON(r) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(is.Status)
		_ = writeJSON(w, map[string]string{"error": is.Message}) // fails only if the caller is gone
		return
	}
	_ = d.renderAs(w, r, is.Status, "error", http.StatusText(is.Status), is.Message) // likewise
}

// wantsJSON reports whether a program sent the request.
func (d *dashboard) wantsJSON(r *http.Request) bool {
	if access.HasToken(r) {
		return true
	}
	path := strings.TrimPrefix(r.URL.Path, d.Prefix)
	return strings.HasPrefix(path, "/api/") || strings.HasSuffix(path, ".json")
}

// join returns a path of parts that may hold anything.
func join(prefix string, parts []string) string {
	escaped := []string{prefix}
	for _, p := range parts {
		escaped = append(escaped, url.PathEscape(p))
	}
	return strings.Join(escaped, "/")
}

// experimentURL returns the path of an experiment's page.
func (d *dashboard) experimentURL(name string) string {
	return page{Prefix: d.Prefix}.Experiment(name)
}
