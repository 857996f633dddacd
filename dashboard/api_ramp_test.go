package dashboard_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// TestAPIRamp reads a ramp in each of its states, as programs do.
func TestAPIRamp(t *testing.T) {
	now := present
	s := filled(t, sample("button", 10, arm{"red", 1000, 50}, arm{"blue", 1000, 60}))
	p := newProgram(t, s)
	p.Engine = sixpack.New(s, sixpack.Config{Now: func() time.Time { return now }}) // whose time passes
	path := apiPath("button")
	ramp := func(want string) {
		t.Helper()
		var got struct{ Ramp json.RawMessage }
		if p.read(path, &got); string(got.Ramp) != want {
			t.Errorf("the ramp is\n%s, want\n%s", got.Ramp, want)
		}
	}
	do := func(method, below, body string, status int) {
		t.Helper()
		if a := p.call(method, path+below, body); a.StatusCode != status {
			t.Errorf("%s %s: %s %s", method, below, a.Status, a.body)
		}
	}
	text := func(state string, step int, since, rest string) string {
		return fmt.Sprintf(`{"state":%q,"steps":[0.01,0.05,0.1,0.25,0.5,1],"step":%d,"hold":"24h","guardrails":[{"kpi":"","rise_is_bad":false,"tolerate":0}],"since":%q,%s}`,
			state, step, since, rest)
	}
	const today, tomorrow = "2026-03-20T15:00:00Z", "2026-03-21T15:00:00Z"
	ramp("null")
	do(http.MethodDelete, "/ramp", "", http.StatusNoContent)
	ramp("null")
	do(http.MethodPut, "/ramp", "{}", http.StatusNoContent)
	ramp(text("running", 0, today, `"next":"`+tomorrow+`","left":null,"reason":""`))
	do(http.MethodPut, "/ramp", `{"hold":"24h","steps":[0.01,0.05,0.1,0.25,0.5,1]}`, http.StatusNoContent) // as it is already
	do(http.MethodPut, "/ramp", `{"hold":"25h"}`, http.StatusConflict)
	do(http.MethodPut, "/ramp/pause", "", http.StatusNoContent)
	ramp(text("paused", 0, today, `"next":null,"left":"24h","reason":""`))
	do(http.MethodDelete, "/ramp/pause", "", http.StatusNoContent)
	for i := range 1000 {
		if _, err := p.Participate(t.Context(), sixpack.Experiment{Name: "button", Alternatives: []string{"red", "blue"}}, fmt.Sprint(i)); err != nil {
			t.Fatal(err)
		}
		if i == 998 {
			now = now.Add(24 * time.Hour)
		}
	}
	ramp(text("running", 1, tomorrow, `"next":"2026-03-22T15:00:00Z","left":null,"reason":""`))
	if err := p.StopRamp(sixpack.WithActor(t.Context(), "edith"), "button"); err != nil { // when it is, which the program's time is not
		t.Fatal(err)
	}
	ramp(text("stopped", 1, tomorrow, `"next":null,"left":null,"reason":""`))

	var log struct {
		Changes []struct {
			ID            json.Number
			Action, By    string
			Undoable      bool
			Before, After struct{ Ramp *struct{ State, Hold string } }
		}
	}
	p.read(path+"/changes", &log)
	var told []string
	for _, c := range log.Changes {
		was, is := "none", c.After.Ramp
		if c.Before.Ramp != nil {
			was = c.Before.Ramp.State
		}
		told = append(told, fmt.Sprint(c.Action, " by ", c.By, ": ", was, " to ", is.State))
		if c.Undoable || is.Hold != "24h" {
			t.Errorf("the log has %+v, of a ramp %+v", c, is)
		}
		do(http.MethodPost, "/undo", `{"change":`+c.ID.String()+`}`, http.StatusConflict)
	}
	want := "stop-ramp by edith: running to stopped, ramp-step by sixpack: running to running, resume-ramp by deploy: paused to running, " +
		"pause-ramp by deploy: running to paused, ramp by deploy: none to running"
	if got := strings.Join(told, ", "); got != want {
		t.Errorf("the log has %s, want %s", got, want)
	}
}

// TestAPIRampOfAPlan begins a ramp with the KPI by which the experiment is judged.
func TestAPIRampOfAPlan(t *testing.T) {
	i := sample("button", 10, arm{"red", 1000, 50}, arm{"blue", 1000, 60})
	i.Record.Plan.KPI = "sale"
	p := newProgram(t, filled(t, i))
	for body, want := range map[string][]store.Guardrail{`{}`: {{KPI: "sale"}}, `{"guardrails":[]}`: nil} {
		if a := p.call(http.MethodPut, apiPath("button")+"/ramp", body); a.StatusCode != http.StatusNoContent {
			t.Fatalf("%s: %s %s", body, a.Status, a.body)
		}
		if got := p.record("button").Ramp.Guardrails; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%s: the guardrails are %v, want %v", body, got, want)
		}
		if a := p.call(http.MethodDelete, apiPath("button")+"/ramp", ""); a.StatusCode != http.StatusNoContent {
			t.Fatal(a.Status)
		}
	}
}
