package dashboard

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack"
)

// route is a thing that can be asked for.
type route struct {
	method  string
	path    string // as http.ServeMux has it, below the prefix
	allowed Role   // the least that one must be
	serve   func(w http.ResponseWriter, r *http.Request) error
}

// routes returns all of them.
func (d *dashboard) routes() []route {
	all := []route{
		{http.MethodGet, "/{$}", Viewer, d.list(active)},
		{http.MethodGet, "/paused", Viewer, d.list(paused)},
		{http.MethodGet, "/archived", Viewer, d.list(archived)},
		{http.MethodGet, "/experiments/{name}/{$}", Viewer, d.experiment},
		{http.MethodGet, "/static/{file}", Anybody, d.static},
		{http.MethodGet, "/favicon.ico", Anybody, d.static},
		{http.MethodGet, "/_status", Anybody, d.status},
	}
	return slices.Concat(all, d.accessRoutes(), d.legacyRoutes(), d.actionRoutes(), d.apiRoutes())
}

// handler serves the routes: what each is behind is in the order in which it is
// wrapped.
func (d *dashboard) handler() http.Handler {
	mux := http.NewServeMux()
	methods := make(map[string][]string)
	for _, r := range d.routes() {
		mux.Handle(r.method+" "+d.Prefix+r.path, d.answer(r))
		methods[r.path] = append(methods[r.path], r.method)
	}
	for path, allowed := range methods {
		mux.Handle(d.Prefix+path, d.wrongMethod(allowed))
	}
	// Strangers do not learn what is there and what is not.
	nothing := d.answer(route{allowed: Viewer, serve: func(http.ResponseWriter, *http.Request) error { return errNotFound }})
	mux.Handle("/", nothing)
	if d.Prefix != "" {
		mux.Handle(d.Prefix+"/", nothing) // so that the prefix alone leads there
	}
	return d.guard(compress(mux))
}

// wrongMethod answers to methods that a path does not have.
func (d *dashboard) wrongMethod(allowed []string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		d.fail(w, r, errMethod)
	})
}

// answer serves a route to those who may, and says what is wrong.
func (d *dashboard) answer(to route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		err := d.admit(r, to.allowed)
		if err == nil {
			err = to.serve(w, r)
		}
		if err != nil {
			d.fail(w, r, err)
		}
	})
}

// refusal is an error that whoever asked is told.
type refusal struct {
	status  int
	message string
}

func (r refusal) Error() string { return r.message }

var (
	errNotFound = refusal{http.StatusNotFound, "There is no such page."}
	errMethod   = refusal{http.StatusMethodNotAllowed, "This cannot be asked for in this way."}
)

// explain returns what an error comes to.
func explain(err error) refusal {
	var known refusal
	var long *http.MaxBytesError
	switch {
	case errors.As(err, &known):
		return known
	case errors.As(err, &long):
		return errTooLong
	case errors.Is(err, sixpack.ErrUnknown):
		return refusal{http.StatusNotFound, "There is no such experiment."}
	default:
		return refusal{http.StatusServiceUnavailable, "The store does not answer. Nothing was changed; try again in a moment."}
	}
}

// fail answers with an error: as JSON to those who asked for JSON.
func (d *dashboard) fail(w http.ResponseWriter, r *http.Request, err error) {
	is := explain(err)
	if is.status >= http.StatusInternalServerError {
		d.Log.Error("dashboard", "path", r.URL.Path, "error", err)
	}
	if is == errLogin && !d.wantsJSON(r) {
		d.toLogin(w, r)
		return
	}
	if is.status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", challenge)
	}
	if d.wantsJSON(r) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(is.status)
		_ = writeJSON(w, map[string]string{"error": is.message}) // fails only if the visitor is gone
		return
	}
	_ = d.renderAs(w, r, is.status, "error", http.StatusText(is.status), is.message) // likewise
}

// wantsJSON tells whether a request is a program's.
func (d *dashboard) wantsJSON(r *http.Request) bool {
	if _, ok := bearer(r); ok {
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
