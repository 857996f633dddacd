package dashboard

import (
	"net/http"
	"slices"
	"strings"

	"github.com/klauspost/compress/gzhttp"

	"github.com/sixpack-go/sixpack/dashboard/access"
	"github.com/sixpack-go/sixpack/dashboard/internal/api"
	"github.com/sixpack-go/sixpack/dashboard/internal/legacy"
	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
	"github.com/sixpack-go/sixpack/dashboard/internal/selection"
)

// routes returns all routes.
func (d *dashboard) routes() []access.Route {
	return slices.Concat([]access.Route{
		access.For(access.Viewer, "GET /{$}", d.list(selection.Active)),
		access.For(access.Viewer, "GET /paused", d.list(selection.Paused)),
		access.For(access.Viewer, "GET /archived", d.list(selection.Archived)),
		access.For(access.Viewer, "GET /experiments/{name}/{$}", d.experiment),
		access.For(access.Editor, "GET /experiments/{name}/do/{action}", d.confirm),
		access.For(access.Editor, "POST /experiments/{name}/do/{action}", d.act),
		access.For(access.Editor, "POST /experiments/{name}/undo", d.undo),
		access.For(access.NoRole, "GET /static/{file}", d.static),
		access.For(access.NoRole, "GET /favicon.ico", d.static),
		access.For(access.NoRole, "GET /_status", d.status),
	}, d.guard.Routes(), api.Routes(d.engine, d.now), legacy.Routes(d.engine, d.Prefix, d.Location))
}

// handler serves the routes. Middleware is applied in the order shown.
func (d *dashboard) handler() http.Handler {
	mux := http.NewServeMux()
	methods := make(map[string][]string)
	for _, r := range d.routes() {
		mux.Handle(r.Method+" "+d.Prefix+r.Path, d.guard.Handler(r))
		methods[r.Path] = append(methods[r.Path], r.Method)
	}
	for path, allowed := range methods {
		mux.Handle(d.Prefix+path, d.wrongMethod(allowed))
	}
	// Callers without a role cannot find out which paths exist.
	unknown := d.guard.Handler(access.For(access.Viewer, "", func(http.ResponseWriter, *http.Request) error { return reply.ErrNotFound }))
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
		d.fail(w, r, reply.Refuse(http.StatusMethodNotAllowed, "Method not allowed. Use "+strings.Join(allowed, " or ")+"."))
	})
}

// fail answers with an error, in JSON if the request wants it.
func (d *dashboard) fail(w http.ResponseWriter, r *http.Request, err error) {
	is := reply.ErrorOf(err)
	if is.Status >= http.StatusInternalServerError {
		d.Log.Error("dashboard", "path", r.URL.Path, "error", err)
	}
	if d.wantsJSON(r) {
		_ = reply.JSON(w, is.Status, map[string]string{"error": is.Message}) // fails only if the caller is gone
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

// experimentURL returns the path of an experiment's page.
func (d *dashboard) experimentURL(name string) string {
	return page{Prefix: d.Prefix}.Experiment(name)
}

// compress compresses answers. The random jitter keeps the length of a page from
// revealing its secrets (BREACH).
func compress(next http.Handler) http.Handler {
	const minSize, jitter = 1024, 32
	wrap, err := gzhttp.NewWrapper(gzhttp.MinSize(minSize), gzhttp.RandomJitter(jitter, 0, false))
	if err != nil {
		panic(err) // the options are constant
	}
	return wrap(next)
}

// status reports whether the store is available, as Sixpack's dashboard does.
func (d *dashboard) status(w http.ResponseWriter, r *http.Request) error {
	if d.Ping != nil {
		if err := d.Ping(r.Context()); err != nil {
			d.Log.Error("dashboard", "path", r.URL.Path, "error", err)
			return reply.JSON(w, http.StatusServiceUnavailable, map[string]string{"status": "failed", "message": "redis is not available"})
		}
	}
	return reply.JSON(w, http.StatusOK, map[string]string{"status": "ok", "version": d.Version})
}
