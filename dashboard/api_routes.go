package dashboard

import (
	_ "embed" // the description of the API
	"net/http"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard/access"
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

		{http.MethodPut, one + "/winner", access.Editor, edits(d, apiWinner)},
		{http.MethodDelete, one + "/winner", access.Editor, d.does((*sixpack.Engine).ResetWinner)},
		{http.MethodPut, one + "/pause", access.Editor, d.does((*sixpack.Engine).Pause)},
		{http.MethodDelete, one + "/pause", access.Editor, d.does((*sixpack.Engine).Resume)},
		{http.MethodPut, one + "/archive", access.Editor, d.does((*sixpack.Engine).Archive)},
		{http.MethodDelete, one + "/archive", access.Editor, d.does((*sixpack.Engine).Unarchive)},
		{http.MethodPut, one + "/description", access.Editor, edits(d, apiDescribe)},
		{http.MethodPut, one + "/override", access.Editor, edits(d, apiOverride)},
		{http.MethodDelete, one + "/override", access.Editor, d.does((*sixpack.Engine).ClearOverride)},
		{http.MethodPut, one + "/plan", access.Editor, edits(d, apiPlan)},
		{http.MethodPut, one + "/ramp", access.Editor, edits(d, apiStartRamp)},
		{http.MethodDelete, one + "/ramp", access.Editor, d.does((*sixpack.Engine).StopRamp)},
		{http.MethodPut, one + "/ramp/pause", access.Editor, d.does((*sixpack.Engine).PauseRamp)},
		{http.MethodDelete, one + "/ramp/pause", access.Editor, d.does((*sixpack.Engine).ResumeRamp)},
		{http.MethodPost, one + "/reset", access.Editor, d.does((*sixpack.Engine).Reset)},
		{http.MethodPost, one + "/purge", access.Editor, d.does((*sixpack.Engine).Purge)},
		{http.MethodPost, one + "/undo", access.Editor, edits(d, apiUndo)},
		{http.MethodDelete, one, access.Editor, d.does((*sixpack.Engine).Delete)},
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
