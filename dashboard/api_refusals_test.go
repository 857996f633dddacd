package dashboard_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

// TestAPIRefusals sends requests that are refused with a reason and change nothing.
func TestAPIRefusals(t *testing.T) {
	const sound, ended, purged, won, ramped = "sound", "ended", "purged", "won", "ramped"
	s := filled(t, sample(broken, 10, arm{"red", 1000, 50}, arm{"blue", 700, 60}))
	for _, name := range []string{sound, ended, purged, won, ramped} {
		if _, err := s.Import(t.Context(), sample(name, 10, arm{"red", 1000, 50}, arm{"blue", 1000, 60})); err != nil {
			t.Fatal(err)
		}
	}
	p := newProgram(t, s)
	for _, err := range []error{
		p.Archive(t.Context(), ended), p.Archive(t.Context(), purged), p.Purge(t.Context(), purged),
		p.SetWinner(t.Context(), won, "blue"), p.Override(t.Context(), ramped, store.Override{Traffic: 0.9}),
		p.StartRamp(t.Context(), ramped, store.RampPlan{Steps: []float64{0.5, 1}, Hold: time.Hour}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	log, err := p.Changes(t.Context(), purged, 1)
	if err != nil {
		t.Fatal(err)
	}
	messages := make(map[string]bool)
	long := `{"description":"` + strings.Repeat("x", 1<<20) + `"}`
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		says                     string
		header                   string
	}{
		// Unreadable.
		{sound, "PUT", "/winner", "", 415, "Content-Type", ""},
		{sound, "PUT", "/winner", " ", 400, "The body is empty", ""},
		{sound, "PUT", "/winner", `{"alternative":"blue"}`, 415, "Content-Type", "Content-Type: text/plain"},
		{sound, "PUT", "/winner", `alternative=blue`, 415, "Content-Type", "Content-Type: application/x-www-form-urlencoded"},
		{sound, "PUT", "/winner", `{"alternative":"blue"`, 400, "The body is not valid JSON", ""},
		{sound, "PUT", "/winner", `{"alternative":"blue"} {}`, 400, "text after the JSON object", ""},
		{sound, "PUT", "/winner", `{"alternative":"blue","kpi":""}`, 400, `no field "kpi"`, ""},
		{sound, "PUT", "/winner", `{"alternative":1}`, 400, `The field "alternative" must be a string, not a number.`, ""},
		{sound, "PUT", "/winner", `{"alternative":"blue","anyway":"yes"}`, 400, `The field "anyway" must be true or false, not a string.`, ""},
		{sound, "PUT", "/winner", `["blue"]`, 400, `The body must be an object, not an array.`, ""},
		{sound, "PUT", "/winner", `{}`, 400, `The field "alternative" is required.`, ""},
		{sound, "PUT", "/description", `{"description":null}`, 400, `The field "description" is required.`, ""},
		{sound, "PUT", "/description", long, 413, "larger than 1 MiB", ""},
		{sound, "PUT", "/override", `{"weights":"equal"}`, 400, `The field "weights" must be an array, not a string.`, ""},
		{sound, "PUT", "/override", `{"weights":["a",1]}`, 400, `a number, not a string`, ""},
		{sound, "PUT", "/plan", `{"size":1.5}`, 400, `The field "size" must be a whole number, not 1.5.`, ""},
		{sound, "PUT", "/ramp", `{"hold":24}`, 400, `The field "hold" must be a string, not a number.`, ""},
		{sound, "PUT", "/ramp", `{"state":"done"}`, 400, `no field "state"`, ""},
		{sound, "PUT", "/pause", `{"until":"tomorrow"}`, 400, `no field "until"`, ""},
		{sound, "POST", "/undo", `{}`, 400, `The field "change" is required.`, ""},
		{sound, "POST", "/undo", `{"change":-1}`, 400, `a whole number`, ""},
		// Invalid.
		{sound, "PUT", "/winner", `{"alternative":"green"}`, 400, "no alternative “green”", ""},
		{broken, "PUT", "/winner", `{"alternative":"green"}`, 400, "no alternative “green”", ""},
		{sound, "PUT", "/winner", `{"alternative":""}`, 400, `The field "alternative" is empty.`, ""},
		{sound, "PUT", "/override", `{"traffic":2}`, 400, "traffic", ""},
		{sound, "PUT", "/override", `{"traffic":-0.5}`, 400, "traffic", ""},
		{sound, "PUT", "/override", `{"weights":[1]}`, 400, "1 weights for 2 alternatives", ""},
		{sound, "PUT", "/override", `{"weights":[]}`, 400, "0 weights for 2 alternatives", ""},
		{sound, "PUT", "/override", `{"weights":[0,0]}`, 400, "weights", ""},
		{sound, "PUT", "/override", `{"weights":[1e400,1]}`, 400, "a number", ""},
		{sound, "PUT", "/override", `{"algorithm":"magic"}`, 400, "algorithm", ""},
		{sound, "PUT", "/plan", `{"alpha":0.9}`, 400, "alpha", ""},
		{sound, "PUT", "/plan", `{"kpi":"a b"}`, 400, "kpi", ""},
		{sound, "GET", "/series?period=hour", "", 400, "hour", ""},
		{"", "GET", "?state=ended", "", 400, `not "ended"`, ""},
		{"", "GET", "?sort=oldest", "", 400, `not "oldest"`, ""},
		{sound, "GET", "/changes?most=all", "", 400, "all", ""},
		{sound, "GET", "/changes?limit=0", "", 400, "at least 1", ""},
		{sound, "PUT", "/ramp", `{"steps":[]}`, 400, "Invalid ramp: it must have 1 to 100 steps, not 0", ""},
		{sound, "PUT", "/ramp", `{"steps":[0.5,0.5]}`, 400, "but 0.5 follows 0.5", ""},
		{sound, "PUT", "/ramp", `{"steps":[1,50]}`, 400, "50 is not in (0, 1]", ""},
		{sound, "PUT", "/ramp", `{"hold":"a day"}`, 400, `such as "24h"`, ""},
		{sound, "PUT", "/ramp", `{"hold":"-1h"}`, 400, "the hold time -1h0m0s is not positive", ""},
		{sound, "PUT", "/ramp", `{"guardrails":[{"kpi":"a b"}]}`, 400, "kpi", ""},
		{sound, "PUT", "/ramp", `{"guardrails":[{},{"rise_is_bad":true}]}`, 400, "twice", ""},
		// Unknown.
		{"nope", "PUT", "/pause", "", 404, "no such experiment", ""},
		{"nope", "PUT", "/ramp", "{}", 404, "no such experiment", ""},
		{"nope", "GET", "", "", 404, "no such experiment", ""},
		{"nope", "GET", "/series", "", 404, "no such experiment", ""},
		{"nope", "GET", "/changes", "", 404, "no such experiment", ""},
		{"nope", "GET", "/download.csv", "", 404, "no such experiment", ""},
		{"nope", "GET", "/download.json", "", 404, "no such experiment", ""},
		{"nope", "DELETE", "", "", 404, "no such experiment", ""},
		{"nope", "POST", "/undo", `{"change":1}`, 404, "no such experiment", ""},
		{sound, "POST", "/undo", `{"change":99}`, 404, "no such change", ""},
		{purged, "POST", "/undo", fmt.Sprintf(`{"change":%d}`, log[0].ID), 409, "cannot be undone", ""},
		{sound, "GET", "?kpi=nope", "", 404, "no conversions by this KPI", ""},
		{sound, "GET", "/series?kpi=nope", "", 404, "no conversions by this KPI", ""},
		{sound, "GET", "/nope", "", 404, "no such page", ""},
		{sound, "PATCH", "", "{}", 405, "", ""},
		{sound, "GET", "/pause", "", 405, "", ""},
		// Not allowed in the current state.
		{broken, "PUT", "/winner", `{"alternative":"blue"}`, 409, `"anyway": true`, ""},
		{ended, "PUT", "/winner", `{"alternative":"blue"}`, 409, "archived", ""},
		{ended, "PUT", "/pause", "", 409, "archived", ""},
		{ended, "PUT", "/override", `{"traffic":0.5}`, 409, "archived", ""},
		{ended, "PUT", "/plan", `{"effect":0.5}`, 409, "archived", ""},
		{sound, "PUT", "/plan", `{"analysis":"fixed","size":100}`, 409, "before the first participant", ""},
		{ended, "PUT", "/ramp", `{}`, 409, "archived", ""},
		{won, "PUT", "/ramp", `{}`, 409, "“blue”", ""},
		{ramped, "PUT", "/ramp", `{}`, 409, "already running or paused", ""},
		{ramped, "PUT", "/override", `{"traffic":0.7}`, 409, "A ramp sets the traffic", ""},
		{ramped, "DELETE", "/override", "", 409, "ramp", ""},
		{sound, "PUT", "/ramp/pause", "", 409, "No ramp is running or paused.", ""},
		{sound, "DELETE", "/ramp/pause", "", 409, "No ramp is running or paused.", ""},
		{sound, "POST", "/purge", "", 409, "not archived", ""},
		{purged, "DELETE", "/archive", "", 409, "purged", ""},
	} {
		before := p.everything()
		a := p.call(c.method, strings.TrimSuffix(apiPath(c.name), "/")+c.path, c.body, c.header)
		var said struct{ Error string }
		if err := json.Unmarshal([]byte(a.body), &said); err != nil || a.StatusCode != c.status || !strings.Contains(said.Error, c.says) {
			t.Errorf("%s %s%s %.60s: %s %.200s, want %d %s", c.method, c.name, c.path, c.body, a.Status, a.body, c.status, c.says)
		}
		messages[fmt.Sprintf("%d %s", a.StatusCode, said.Error)] = true
		if p.everything() != before {
			t.Errorf("%s %s%s %.60s changed something", c.method, c.name, c.path, c.body)
		}
	}
	if a := p.call("PUT", apiPath(broken)+"/winner", `{"alternative":"blue","anyway":true}`); a.StatusCode != http.StatusNoContent || p.record(broken).Winner != "blue" {
		t.Errorf("the winner is not set anyway: %s %s", a.Status, a.body)
	}
	compareMessages(t, messages)
}

// everything returns the records of all experiments as a text.
func (p program) everything() string {
	p.t.Helper()
	all, err := p.List(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	text, err := json.Marshal(all)
	if err != nil {
		p.t.Fatal(err)
	}
	return string(text)
}
