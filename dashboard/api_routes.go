package dashboard

import (
	_ "embed" // the description of the API
	"net/http"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard/access"
	"github.com/sixpack-go/sixpack/store"
)

// apiRoutes are those of the API, which openapi.json describes.
func (d *dashboard) apiRoutes() []route {
	const all = "/api/v1/experiments"
	const one = all + "/{name}"
	return []route{
		{http.MethodGet, "/api/openapi.json", access.NoRole, serveOpenAPI},

		{http.MethodGet, all, access.Viewer, d.apiList},
		{http.MethodGet, one, access.Viewer, d.apiExperiment},
		{http.MethodGet, one + "/series", access.Viewer, d.apiSeries},
		{http.MethodGet, one + "/epochs", access.Viewer, d.apiEpochs},
		{http.MethodGet, one + "/changes", access.Viewer, d.apiChanges},
		{http.MethodGet, one + "/download.csv", access.Viewer, d.downloadCSV},
		{http.MethodGet, one + "/download.json", access.Viewer, d.downloadJSON},

		{http.MethodPut, one + "/winner", access.Editor, edits(d, refuseWinner, nil, apiWinner)},
		{http.MethodDelete, one + "/winner", access.Editor, d.does(sixpack.ActionResetWinner, func(s *subject) bool { return s.Winner == "" })},
		{http.MethodPut, one + "/pause", access.Editor, d.does(sixpack.ActionPause, func(s *subject) bool { return s.Paused })},
		{http.MethodDelete, one + "/pause", access.Editor, d.does(sixpack.ActionResume, func(s *subject) bool { return !s.Paused })},
		{http.MethodPut, one + "/archive", access.Editor, d.does(sixpack.ActionArchive, func(s *subject) bool { return s.Archived })},
		{http.MethodDelete, one + "/archive", access.Editor, d.does(sixpack.ActionUnarchive, func(s *subject) bool { return !s.Archived })},
		{http.MethodPut, one + "/description", access.Editor, edits(d, nil, nil, apiDescribe)},
		{http.MethodPut, one + "/override", access.Editor, edits(d, refuseArchived, nil, apiOverride)},
		{http.MethodDelete, one + "/override", access.Editor, d.does(clearOverride, func(s *subject) bool { return overridesNothing(s.Override) })},
		{http.MethodPut, one + "/plan", access.Editor, edits(d, refuseArchived, nil, apiPlan)},
		{http.MethodPut, one + "/ramp", access.Editor, edits(d, nil, nil, apiStartRamp)},
		{http.MethodDelete, one + "/ramp", access.Editor, d.does(sixpack.ActionStopRamp, func(s *subject) bool { return !s.Ramp.Active() })},
		{http.MethodPut, one + "/ramp/pause", access.Editor, d.does(sixpack.ActionPauseRamp, func(s *subject) bool { return s.Ramp.State == store.RampPaused })},
		{http.MethodDelete, one + "/ramp/pause", access.Editor, d.does(sixpack.ActionResumeRamp, func(s *subject) bool { return s.Ramp.State == store.RampRunning })},
		{http.MethodPost, one + "/reset", access.Editor, d.does(sixpack.ActionReset, nil)},
		{http.MethodPost, one + "/purge", access.Editor, edits(d, nil, nil, apiPurge)},
		{http.MethodPost, one + "/undo", access.Editor, d.apiUndo},
		{http.MethodDelete, one, access.Editor, edits(d, nil, nil, apiDelete)},
	}
}

//go:embed openapi.json
var openAPI []byte

// serveOpenAPI serves the description of the API, which is no secret.
func serveOpenAPI(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/json")
	_, err := w.Write(openAPI)
	return err
}
