// Package legacy serves the routes of Sixpack 2's dashboard that programs use: its
// JSON, its CSV export and its forms.
package legacy

import (
	"errors"
	"net/http"
	"net/url"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard/access"
	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
	"github.com/sixpack-go/sixpack/dashboard/internal/selection"
	"github.com/sixpack-go/sixpack/dashboard/internal/series"
	"github.com/sixpack-go/sixpack/store"
)

// routes serves the experiments of an engine.
type routes struct {
	engine *sixpack.Engine
	prefix string         // of the dashboard
	zone   *time.Location // of times
}

// Routes returns Sixpack's routes below the prefix of a dashboard. Times are in zone.
func Routes(engine *sixpack.Engine, prefix string, zone *time.Location) []access.Route {
	l := routes{engine, prefix, zone}
	const experiment, page = "/experiments/{name}", "/experiments/{name}/"
	all := []access.Route{
		access.For(access.Viewer, "GET /experiments.json", l.list),
		access.For(access.Viewer, "GET "+experiment, l.experiment),
		access.For(access.Viewer, "POST "+experiment+"/export", l.export),
		access.For(access.Editor, "POST "+experiment+"/winner/{$}", l.form(page, l.setWinner)),
		access.For(access.Editor, "POST "+experiment+"/winner/reset/{$}", l.form(page, operation(engine.ResetWinner))),
		access.For(access.Editor, "POST "+experiment+"/reset/{$}", l.form(page, operation(engine.Reset))),
		access.For(access.Editor, "POST "+experiment+"/delete/{$}", l.form("/", operation(engine.Delete))),
		access.For(access.Editor, "POST "+experiment+"/pause", l.form(page, l.pause)),
		access.For(access.Editor, "POST "+experiment+"/archive", l.form(page, l.archive)),
		access.For(access.Editor, "POST "+experiment+"/description", l.form(page, l.describe)),
	}
	for _, path := range []string{"/winner", "/winner/reset", "/reset", "/delete"} {
		all = append(all, access.For(access.Editor, "POST "+experiment+path, addSlash))
	}
	return all
}

// addSlash redirects to the path with a slash at its end, by the same method.
func addSlash(w http.ResponseWriter, r *http.Request) error {
	path := r.URL.EscapedPath() + "/"
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	http.Redirect(w, r, path, http.StatusPermanentRedirect) //nolint:gosec // the path matched a route, which begins with a slash and a word
	return nil
}

// counts returns the counts of the experiment with a name. The name may be escaped
// twice, as in the links of Sixpack's own pages.
func (l routes) counts(r *http.Request, name string) (store.Counts, error) {
	counts, err := l.engine.Counts(r.Context(), name)
	if unescaped, failed := url.PathUnescape(name); errors.Is(err, sixpack.ErrUnknown) && failed == nil && unescaped != name {
		return l.engine.Counts(r.Context(), unescaped)
	}
	return counts, err
}

// view returns the experiment with a name, by the KPI and the period of a request.
// Unlike elsewhere, a request without a KPI means the default KPI.
func (l routes) view(r *http.Request, name string) (v selection.View, err error) {
	if v.Period, err = period(r); err != nil {
		return v, err
	}
	if v.Counts, err = l.counts(r, name); err != nil {
		return v, err
	}
	v.KPI = r.URL.Query().Get("kpi")
	return v, selection.CheckKPI(v.KPI, v.Counts.Record)
}

// period returns the period of a request.
func period(r *http.Request) (series.Period, error) {
	query := r.URL.Query()
	if query.Has("period") && query.Get("period") == "" {
		return "", reply.Refuse(http.StatusBadRequest, "The period must be day, week, month or year, not empty.")
	}
	return series.ParsePeriod(query.Get("period"))
}
