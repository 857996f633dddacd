package dashboard

import (
	"net/http"

	"github.com/sixpack-go/sixpack/dashboard/access"
)

// legacyRoutes are Sixpack's, but for its pages.
func (d *dashboard) legacyRoutes() []route {
	const experiment = "/experiments/{name}"
	routes := []route{
		{http.MethodGet, "/experiments.json", access.Viewer, d.serveLegacyList},
		{http.MethodGet, experiment, access.Viewer, d.serveLegacyExperiment},
		{http.MethodPost, experiment + "/export", access.Viewer, d.export},
		{http.MethodPost, experiment + "/winner/{$}", access.Editor, d.legacyPost(d.postWinner)},
		{http.MethodPost, experiment + "/winner/reset/{$}", access.Editor, d.legacyPost(d.postResetWinner)},
		{http.MethodPost, experiment + "/reset/{$}", access.Editor, d.legacyPost(d.postReset)},
		{http.MethodPost, experiment + "/delete/{$}", access.Editor, d.postDelete},
		{http.MethodPost, experiment + "/pause", access.Editor, d.legacyPost(d.postPause)},
		{http.MethodPost, experiment + "/archive", access.Editor, d.legacyPost(d.postArchive)},
		{http.MethodPost, experiment + "/description", access.Editor, d.legacyPost(d.postDescription)},
	}
	for _, path := range []string{"/winner", "/winner/reset", "/reset", "/delete"} {
		routes = append(routes, route{http.MethodPost, experiment + path, access.Editor, addSlash})
	}
	return routes
}

// addSlash redirects to the path that a request forgot to end with a slash, by the
// same method.
func addSlash(w http.ResponseWriter, r *http.Request) error {
	path := r.URL.EscapedPath() + "/"
	if r.URL.RawQuery != "" {
		path += "?" + r.URL.RawQuery
	}
	lead(w, r, path, http.StatusPermanentRedirect)
	return nil
}

// lead redirects to a path of ours.
func lead(w http.ResponseWriter, r *http.Request, path string, status int) {
	http.Redirect(w, r, path, status) //nolint:gosec // it begins with a path of ours, not with what somebody sent
}
