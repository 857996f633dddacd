// Package api serves the JSON API under /api/v1/, which openapi.json describes.
package api

import (
	_ "embed" // openapi.json
	"net/http"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard/access"
	"github.com/sixpack-go/sixpack/dashboard/internal/reply"
)

// routes serves the experiments of an engine.
type routes struct {
	engine *sixpack.Engine
	now    func() time.Time // in the zone of days
}

// Routes returns the routes of the API. Results are by day in the zone of now.
func Routes(engine *sixpack.Engine, now func() time.Time) []access.Route {
	a := routes{engine, now}
	const all = "/api/v1/experiments"
	const one = all + "/{name}"
	return []access.Route{
		access.For(access.NoRole, "GET /api/openapi.json", describe),

		access.For(access.Viewer, "GET "+all, a.list),
		access.For(access.Viewer, "GET "+one, a.experiment),
		access.For(access.Viewer, "GET "+one+"/series", a.series),
		access.For(access.Viewer, "GET "+one+"/epochs", a.epochs),
		access.For(access.Viewer, "GET "+one+"/changes", a.changes),
		access.For(access.Viewer, "GET "+one+"/download.csv", a.downloadCSV),
		access.For(access.Viewer, "GET "+one+"/download.json", a.downloadJSON),

		access.For(access.Editor, "PUT "+one+"/winner", edit(a.setWinner)),
		access.For(access.Editor, "DELETE "+one+"/winner", operation(engine.ResetWinner)),
		access.For(access.Editor, "PUT "+one+"/pause", operation(engine.Pause)),
		access.For(access.Editor, "DELETE "+one+"/pause", operation(engine.Resume)),
		access.For(access.Editor, "PUT "+one+"/archive", operation(engine.Archive)),
		access.For(access.Editor, "DELETE "+one+"/archive", operation(engine.Unarchive)),
		access.For(access.Editor, "PUT "+one+"/description", edit(a.setDescription)),
		access.For(access.Editor, "PUT "+one+"/override", edit(engine.Override)),
		access.For(access.Editor, "DELETE "+one+"/override", operation(engine.ClearOverride)),
		access.For(access.Editor, "PUT "+one+"/plan", edit(engine.SetPlan)),
		access.For(access.Editor, "POST "+one+"/acknowledge", operation(engine.AcknowledgeMismatch)),
		access.For(access.Editor, "PUT "+one+"/ramp", edit(a.startRamp)),
		access.For(access.Editor, "DELETE "+one+"/ramp", operation(engine.StopRamp)),
		access.For(access.Editor, "PUT "+one+"/ramp/pause", operation(engine.PauseRamp)),
		access.For(access.Editor, "DELETE "+one+"/ramp/pause", operation(engine.ResumeRamp)),
		access.For(access.Editor, "POST "+one+"/reset", operation(engine.Reset)),
		access.For(access.Editor, "POST "+one+"/purge", operation(engine.Purge)),
		access.For(access.Editor, "POST "+one+"/undo", edit(a.undo)),
		access.For(access.Editor, "DELETE "+one, operation(engine.Delete)),
	}
}

//go:embed openapi.json
var openAPI []byte

// describe serves the description of the API, which is public.
func describe(w http.ResponseWriter, _ *http.Request) error {
	w.Header().Set("Content-Type", "application/json")
	_, err := w.Write(openAPI)
	return err
}

func answer(w http.ResponseWriter, v any) error { return reply.JSON(w, http.StatusOK, v) }
