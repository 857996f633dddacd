package dashboard

import (
	"errors"
	"net/http"
	"net/url"
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
	return []route{
		{http.MethodGet, "/{$}", Viewer, d.list(active)},
		{http.MethodGet, "/paused", Viewer, d.list(paused)},
		{http.MethodGet, "/archived", Viewer, d.list(archived)},
		{http.MethodGet, "/experiments/{name}/{$}", Viewer, d.experiment},
		{http.MethodGet, "/experiments/{name}/series.json", Viewer, d.seriesJSON},
		{http.MethodGet, "/static/{file}", Anybody, d.static},
		{http.MethodGet, "/favicon.ico", Anybody, d.static},
		{http.MethodGet, "/_status", Anybody, d.status},
	}
}

// handler serves the routes: what each is behind is in the order in which it is
// wrapped.
func (d *dashboard) handler() http.Handler {
	mux := http.NewServeMux()
	for _, r := range d.routes() {
		mux.Handle(r.method+" "+d.Prefix+r.path, d.answer(r))
	}
	mux.Handle(d.Prefix+"/", d.answer(route{allowed: Anybody, serve: func(http.ResponseWriter, *http.Request) error { return errNotFound }}))
	return d.guard(compress(mux))
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
	errNotFound  = refusal{http.StatusNotFound, "There is no such page."}
	errForbidden = refusal{http.StatusForbidden, "You may look, but not change anything: ask for the role of an editor."}
	errLogin     = refusal{http.StatusUnauthorized, "Log in first."}
)

// explain returns what an error comes to.
func explain(err error) refusal {
	var known refusal
	switch {
	case errors.As(err, &known):
		return known
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
	if d.wantsJSON(r) {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(is.status)
		_ = writeJSON(w, map[string]string{"error": is.message}) // fails only if the visitor is gone
		return
	}
	w.WriteHeader(is.status)
	_ = d.render(w, r, "error", http.StatusText(is.status), is.message) // likewise
}

// wantsJSON tells whether a request is a program's.
func (d *dashboard) wantsJSON(r *http.Request) bool {
	path := strings.TrimPrefix(r.URL.Path, d.Prefix)
	return strings.HasPrefix(path, "/api/") || strings.HasSuffix(path, ".json")
}

// join returns a path of parts that may hold anything.
func join(prefix string, parts []string) string {
	var path strings.Builder
	path.WriteString(prefix)
	for _, p := range parts {
		path.WriteString("/" + url.PathEscape(p))
	}
	return path.String()
}

// experimentURL returns the path of an experiment's page.
func (d *dashboard) experimentURL(name string) string {
	return page{Prefix: d.Prefix}.Experiment(name)
}
