package dashboard_test

import (
	"encoding/json"
	"errors"
	"html"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/operatortest"
	"github.com/sixpack-go/sixpack/store/memory"
)

// operated is the experiment on which operations are carried out.
const operated = "button"

// call is a request by which a door carries out an operation.
type call struct {
	method, path string
	form         url.Values
	body         any // JSON, if there is no form
}

func (r call) send(p program, confirmed bool) answer {
	p.t.Helper()
	if r.body == nil && r.form == nil {
		return p.call(r.method, r.path, "")
	}
	if r.form == nil {
		text, err := json.Marshal(r.body)
		if err != nil {
			p.t.Fatal(err)
		}
		if confirmed {
			text = []byte(strings.Replace(string(text), "{", `{"anyway":true,`, 1))
		}
		return p.call(r.method, r.path, string(text))
	}
	form := maps.Clone(r.form)
	if confirmed {
		form.Set("anyway", "yes")
	}
	return p.call(r.method, r.path, form.Encode(), "Content-Type: application/x-www-form-urlencoded")
}

// door is a way by which operators reach the engine.
type door struct {
	status map[operatortest.Outcome]int
	call   func(p program, c operatortest.Case) (_ call, has bool)
}

var doors = map[string]door{
	"page": {map[operatortest.Outcome]int{
		operatortest.OK: http.StatusSeeOther, operatortest.Done: http.StatusConflict, operatortest.Refused: http.StatusConflict, operatortest.Confirm: http.StatusConflict,
	}, pageCall},
	"api": {map[operatortest.Outcome]int{
		operatortest.OK: http.StatusNoContent, operatortest.Done: http.StatusNoContent, operatortest.Refused: http.StatusConflict, operatortest.Confirm: http.StatusConflict,
	}, apiCall},
	"Sixpack's forms": {map[operatortest.Outcome]int{
		operatortest.OK: http.StatusFound, operatortest.Done: http.StatusFound, operatortest.Refused: http.StatusConflict, operatortest.Confirm: http.StatusConflict,
	}, legacyCall},
}

func pageCall(p program, c operatortest.Case) (call, bool) {
	action, form := c.Operation, url.Values{}
	switch c.Operation {
	case "winner":
		form.Set("alternative", operatortest.Winner)
	case "other-winner":
		action = "winner"
		form.Set("alternative", operatortest.OtherWinner)
	case "describe":
		form.Set("description", operatortest.Description)
	case "override":
		form = url.Values{"weight-0": {"3"}, "weight-1": {"1"}}
	case "override-traffic":
		action = "override"
		form.Set("traffic", "70")
	case "plan":
		form.Set("effect", "7")
	case "plan-fixed":
		action = "plan"
		form = url.Values{"size": {"1000"}, "analysis": {"fixed"}}
	case "ramp":
		form = url.Values{"steps": {"50 100"}, "hold": {"24"}, "kpi-": {"fall"}}
	case "other-ramp":
		action = "ramp"
		form = url.Values{"steps": {"25 100"}, "hold": {"24"}, "kpi-": {"fall"}}
	case "delete":
		form.Set("name", operated)
	case "undo":
		return call{http.MethodPost, "/experiments/" + operated + "/undo", url.Values{"change": {p.newest()}}, nil}, true
	}
	return call{http.MethodPost, doPath(operated, action), form, nil}, true
}

func apiCall(p program, c operatortest.Case) (call, bool) {
	ramp := func(steps []float64) object { return object{"steps": steps} }
	r := map[string]call{
		"winner":           {http.MethodPut, "/winner", nil, object{"alternative": operatortest.Winner}},
		"other-winner":     {http.MethodPut, "/winner", nil, object{"alternative": operatortest.OtherWinner}},
		"reset-winner":     {http.MethodDelete, "/winner", nil, nil},
		"pause":            {http.MethodPut, "/pause", nil, nil},
		"resume":           {http.MethodDelete, "/pause", nil, nil},
		"archive":          {http.MethodPut, "/archive", nil, nil},
		"unarchive":        {http.MethodDelete, "/archive", nil, nil},
		"describe":         {http.MethodPut, "/description", nil, object{"description": operatortest.Description}},
		"override":         {http.MethodPut, "/override", nil, operatortest.Override},
		"override-traffic": {http.MethodPut, "/override", nil, operatortest.OverrideTraffic},
		"clear-override":   {http.MethodDelete, "/override", nil, nil},
		"plan":             {http.MethodPut, "/plan", nil, operatortest.Plan},
		"plan-fixed":       {http.MethodPut, "/plan", nil, operatortest.FixedPlan},
		"acknowledge":      {http.MethodPost, "/acknowledge", nil, nil},
		"ramp":             {http.MethodPut, "/ramp", nil, ramp(operatortest.Ramp.Steps)},
		"other-ramp":       {http.MethodPut, "/ramp", nil, ramp(operatortest.OtherRamp.Steps)},
		"stop-ramp":        {http.MethodDelete, "/ramp", nil, nil},
		"pause-ramp":       {http.MethodPut, "/ramp/pause", nil, nil},
		"resume-ramp":      {http.MethodDelete, "/ramp/pause", nil, nil},
		"reset":            {http.MethodPost, "/reset", nil, nil},
		"purge":            {http.MethodPost, "/purge", nil, nil},
		"delete":           {http.MethodDelete, "", nil, nil},
		"undo":             {http.MethodPost, "/undo", nil, object{"change": json.Number(p.newest())}},
	}[c.Operation]
	r.path = apiPath(operated) + r.path
	return r, true
}

// legacyCall has no call for operations that Sixpack's forms do not offer. Two forms
// switch a state on and off.
func legacyCall(p program, c operatortest.Case) (call, bool) {
	is := p.record(operated)
	form, path := url.Values{}, ""
	switch {
	case c.Operation == "winner":
		form.Set("alternative_name", operatortest.Winner)
		path = "/winner/"
	case c.Operation == "other-winner":
		form.Set("alternative_name", operatortest.OtherWinner)
		path = "/winner/"
	case c.Operation == "reset-winner":
		path = "/winner/reset/"
	case c.Operation == "pause" && !is.Paused, c.Operation == "resume" && is.Paused:
		path = "/pause"
	case c.Operation == "archive" && !is.Archived, c.Operation == "unarchive" && is.Archived:
		path = "/archive"
	case c.Operation == "describe":
		form.Set("description", operatortest.Description)
		path = "/description"
	case c.Operation == "reset", c.Operation == "delete":
		path = "/" + c.Operation + "/"
	}
	return call{http.MethodPost, "/experiments/" + operated + path, form, nil}, path != ""
}

// newest returns the ID of the newest change, 0 if there is none.
func (p program) newest() string {
	p.t.Helper()
	log, err := p.Changes(p.t.Context(), operated, 1)
	if err != nil {
		p.t.Fatal(err)
	}
	if len(log) == 0 {
		return "0"
	}
	return strconv.FormatUint(log[0].ID, 10)
}

// TestOperations carries out each operation in each state by pages, API and forms. The
// result is the engine's, and each refusal has the engine's sentence.
func TestOperations(t *testing.T) {
	for name, door := range doors {
		for _, c := range operatortest.Cases() {
			t.Run(name+"/"+c.State+"/"+c.Operation, func(t *testing.T) {
				s := new(memory.Store)
				operatortest.Prepare(t, s, operated, c.State)
				p := newProgram(t, s)
				call, has := door.call(p, c)
				if !has {
					return
				}
				before := p.everything()
				a := call.send(p, false)
				if want := door.status[c.Want]; a.StatusCode != want {
					t.Fatalf("%s %s: %s %s, want %d", call.method, call.path, a.Status, a.body, want)
				}
				if c.Want == operatortest.OK {
					return
				}
				if p.everything() != before {
					t.Errorf("%s %s: it was changed", call.method, call.path)
				}
				if refused := operatortest.Do(t.Context(), p.Engine, operated, c.Operation); a.StatusCode == http.StatusConflict && !says(a, refused) {
					t.Errorf("%s %s: does not say %v: %s", call.method, call.path, refused, a.body)
				}
				if c.Want != operatortest.Confirm {
					return
				}
				if a := call.send(p, true); a.StatusCode != door.status[operatortest.OK] {
					t.Errorf("%s %s, confirmed: %s %s", call.method, call.path, a.Status, a.body)
				}
			})
		}
	}
}

// says reports whether an answer, a page or JSON, says why something was refused.
func says(a answer, refused error) bool {
	conflict, ok := errors.AsType[*sixpack.ConflictError](refused)
	text := html.UnescapeString(a.body)
	var said struct{ Error string }
	if json.Unmarshal([]byte(a.body), &said) == nil {
		text = said.Error
	}
	return ok && strings.Contains(strings.ToLower(text), strings.ToLower(strings.TrimSuffix(conflict.Message, ".")))
}

// TestPagesOffer tests that the page of an experiment links exactly to the operations
// that the engine allows.
func TestPagesOffer(t *testing.T) {
	want := make(map[string]map[string]bool) // by state and action
	for _, c := range operatortest.Cases() {
		action := c.Operation
		switch action {
		case "other-winner":
			action = "winner"
		case "override-traffic", "clear-override", "plan-fixed", "other-ramp", "undo":
			continue
		}
		if want[c.State] == nil {
			want[c.State] = make(map[string]bool)
		}
		offered := c.Want == operatortest.OK || c.Want == operatortest.Confirm
		want[c.State][action] = want[c.State][action] || offered
	}
	want["purged-again"]["purge"] = false // pages do not know of clients that an import brought
	for state, actions := range want {
		s := new(memory.Store)
		operatortest.Prepare(t, s, operated, state)
		text := page(t, serve(t, s)+"/experiments/"+operated+"/")
		for action, offered := range actions {
			if got := regexp.MustCompile(`href="[^"]*/do/` + action + `["?]`).MatchString(text); got != offered {
				t.Errorf("%s: whether the page leads to %s is %t", state, action, got)
			}
		}
	}
}
