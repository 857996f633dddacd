package dashboard_test

import (
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/crypto/bcrypt"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard"
	"github.com/sixpack-go/sixpack/dashboard/access"
	"github.com/sixpack-go/sixpack/store"
)

const (
	apiExperiments = "/api/v1/experiments"
	asJSON         = "application/json"
)

// program is one that uses the API with a token.
type program struct {
	*sixpack.Engine

	server, prefix string
	token          string
	t              *testing.T
}

// The tokens and the password of the tests.
var deployToken, reportToken = access.NewToken(), access.NewToken()

const password = "correct horse"

// newProgram returns an editor's, over a store.
func newProgram(t *testing.T, s store.Store) program {
	t.Helper()
	engine := sixpack.New(s, sixpack.Config{Now: func() time.Time { return present }, ExperimentName: regexp.MustCompile(`.`)})
	hash, err := bcrypt.GenerateFromPassword([]byte(password), bcrypt.MinCost)
	if err != nil {
		t.Fatal(err)
	}
	const prefix = "/ab"
	server := httptest.NewServer(dashboard.New(engine, dashboard.Options{
		Prefix: prefix, Log: slog.New(slog.DiscardHandler), Now: func() time.Time { return present },
		Access: access.Options{
			Users: []access.User{{Name: "edith", Hash: string(hash), Role: access.Editor}},
			Tokens: []access.Token{
				{Name: "deploy", Hash: access.HashToken(deployToken), Role: access.Editor},
				{Name: "report", Hash: access.HashToken(reportToken), Role: access.Viewer},
			},
		},
	}))
	t.Cleanup(server.Close)
	return program{engine, server.URL, prefix, deployToken, t}
}

// answer is an HTTP response with its body.
type answer struct {
	*http.Response

	body string
}

// send sends a request, and follows no redirect.
func send(t *testing.T, r *http.Request) answer {
	t.Helper()
	response, err := http.DefaultTransport.RoundTrip(r)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{response, string(body)}
}

// call sends a request. A body is JSON.
func (p program) call(method, path, body string, headers ...string) answer {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.server+p.prefix+path, strings.NewReader(body))
	if err != nil {
		p.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+p.token)
	if body != "" {
		r.Header.Set("Content-Type", asJSON)
	}
	for _, h := range headers {
		if name, value, ok := strings.Cut(h, ": "); ok {
			r.Header.Set(name, value)
		}
	}
	return send(p.t, r)
}

// read gets JSON.
func (p program) read(path string, to any) {
	p.t.Helper()
	a := p.call(http.MethodGet, path, "")
	if a.StatusCode != http.StatusOK || a.Header.Get("Content-Type") != asJSON {
		p.t.Fatalf("%s: %s, %s: %s", path, a.Status, a.Header.Get("Content-Type"), a.body)
	}
	if err := json.Unmarshal([]byte(a.body), to); err != nil {
		p.t.Fatalf("%s: %v", path, err)
	}
}

func (p program) record(name string) store.Record {
	p.t.Helper()
	return world{Engine: p.Engine, t: p.t}.record(name)
}

func apiPath(experiment string) string { return apiExperiments + "/" + url.PathEscape(experiment) }

// edit is a change by the API, and how to see that it was made.
type edit struct {
	method, path, body string
	done               func(store.Record) bool
}

// edits are all of the changes but undo and delete, in an order in which each does
// something.
var edits = []edit{
	{"PUT", "/winner", `{"alternative":"blue"}`, func(r store.Record) bool { return r.Winner == "blue" }},
	{"DELETE", "/winner", "", func(r store.Record) bool { return r.Winner == "" }},
	{"PUT", "/pause", "", func(r store.Record) bool { return r.Paused }},
	{"DELETE", "/pause", "", func(r store.Record) bool { return !r.Paused }},
	{"PUT", "/description", `{"description":" a\r\nb "}`, func(r store.Record) bool { return r.Description == "a\nb" }},
	{"PUT", "/override", `{"traffic":0.5,"weights":[3,1],"algorithm":"random"}`, func(r store.Record) bool {
		return r.Override.Traffic == 0.5 && slices.Equal(r.Override.Weights, []float64{0.75, 0.25}) && r.Override.Algorithm == "random"
	}},
	{"DELETE", "/override", "", func(r store.Record) bool {
		return r.Override.Traffic == 0 && r.Override.Weights == nil && r.Override.Algorithm == ""
	}},
	{"PUT", "/plan", `{"effect":0.1,"size":5000}`, func(r store.Record) bool { return r.Plan == store.Plan{Effect: 0.1, Size: 5000} }},
	{"PUT", "/ramp", `{"steps":[0.25,0.5,1],"hold":"36h","guardrails":[{"kpi":"error","rise_is_bad":true},{}]}`, func(r store.Record) bool {
		return r.Ramp.State == store.RampRunning && r.Override.Traffic == 0.25 && r.Ramp.Hold == 36*time.Hour &&
			slices.Equal(r.Ramp.Guardrails, []store.Guardrail{{KPI: "error", RiseIsBad: true}, {}})
	}},
	{"PUT", "/ramp/pause", "", func(r store.Record) bool { return r.Ramp.State == store.RampPaused }},
	{"DELETE", "/ramp/pause", "", func(r store.Record) bool { return r.Ramp.State == store.RampRunning }},
	{"DELETE", "/ramp", "", func(r store.Record) bool { return r.Ramp.State == store.RampStopped && r.Override.Traffic == 0.25 }},
	{"PUT", "/archive", "", func(r store.Record) bool { return r.Archived }},
	{"DELETE", "/archive", "", func(r store.Record) bool { return !r.Archived }},
	{"PUT", "/archive", "{}", func(r store.Record) bool { return r.Archived }},
	{"POST", "/purge", "", func(r store.Record) bool { return r.Purged }},
	{"POST", "/reset", "", func(r store.Record) bool { return !r.Purged && !r.Archived && r.Salt != r.Name }},
}

// TestAPIEdits makes all changes, each twice, of experiments of any name.
func TestAPIEdits(t *testing.T) {
	for _, name := range []string{"button", "a/b", "a%2Fb", "../up", "x.json", "é ?#&", `<script>alert(1)</script>`} {
		p := newProgram(t, filled(t, sample(name, 10, arm{"red", 1000, 50}, arm{"blue", 1000, 60})))
		for _, e := range edits {
			for range 2 {
				if a := p.call(e.method, apiPath(name)+e.path, e.body); a.StatusCode != http.StatusNoContent || a.body != "" {
					t.Errorf("%q: %s %s: %s %s", name, e.method, e.path, a.Status, a.body)
				}
				if r := p.record(name); !e.done(r) {
					t.Errorf("%q: %s %s: %+v", name, e.method, e.path, r)
				}
			}
		}
		var log struct{ Changes []store.Change }
		p.read(apiPath(name)+"/changes", &log)
		// Reset, twice, is the only one that does something again.
		if n := len(log.Changes); n != len(edits)+1 || log.Changes[0].By != "deploy" {
			t.Errorf("%q: %d changes, by %q", name, n, log.Changes[0].By)
		}
		if a := p.call("DELETE", apiPath(name), ""); a.StatusCode != http.StatusNoContent {
			t.Errorf("%q: delete: %s %s", name, a.Status, a.body)
		}
		if _, err := p.Counts(t.Context(), name); !errors.Is(err, sixpack.ErrUnknown) {
			t.Errorf("%q is still there: %v", name, err)
		}
		if p.read(apiPath(name)+"/changes?limit=1", &log); len(log.Changes) != 1 || log.Changes[0].Action != store.ActionDelete {
			t.Errorf("%q: the log ends with %+v", name, log.Changes)
		}
	}
}

func TestAPIUndo(t *testing.T) {
	p := newProgram(t, filled(t, sample("button", 10, arm{"red", 1000, 50}, arm{"blue", 1000, 60})))
	path := apiPath("button")
	p.call("PUT", path+"/pause", "")
	p.call("PUT", path+"/description", `{"description":"one"}`)
	p.call("PUT", path+"/description", `{"description":"two"}`)
	var log struct {
		Changes []struct {
			ID       json.Number
			Undoable bool
			After    store.Settings
		}
	}
	p.read(path+"/changes", &log)
	undo := func(i int) int {
		return p.call("POST", path+"/undo", `{"change":`+log.Changes[i].ID.String()+`}`).StatusCode
	}
	if n := len(log.Changes); n != 3 || !log.Changes[0].Undoable || log.Changes[1].Undoable || !log.Changes[2].Undoable || *log.Changes[0].After.Description != "two" {
		t.Fatalf("the log is %+v", log)
	}
	if status := undo(1); status != http.StatusConflict || p.record("button").Description != "two" {
		t.Errorf("what was changed since is undone: %d", status)
	}
	if status := undo(2); status != http.StatusNoContent || p.record("button").Paused {
		t.Errorf("the pause is not undone: %d", status)
	}
	if a := p.call("POST", path+"/undo", `{"change":12}`); a.StatusCode != http.StatusNotFound {
		t.Errorf("undo of no change: %s", a.Status)
	}
}

// TestAPIRoles requests all routes of the description without a token, with an unknown
// token, and as a viewer, who may read.
func TestAPIRoles(t *testing.T) {
	p := newProgram(t, filled(t, sample("button", 10, arm{"red", 1000, 50}, arm{"blue", 1000, 60})))
	before := p.everything()
	for _, o := range operations(t) {
		path := o.at("button")
		reads, open := o.method == http.MethodGet, o.path == "/api/openapi.json"
		for _, as := range []struct {
			token string
			want  int
		}{
			{"", http.StatusUnauthorized},
			{"stranger", http.StatusUnauthorized},
			{reportToken, map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[reads]},
		} {
			want := as.want
			header := "Authorization: Bearer " + as.token
			if as.token == "" {
				if header = "Authorization: "; open {
					want = http.StatusOK
				}
			}
			if a := p.call(o.method, path, o.example, header); a.StatusCode != want {
				t.Errorf("%s %s as %q: %s, want %d", o.method, o.path, as.token, a.Status, want)
			}
		}
	}
	if p.everything() != before {
		t.Error("something was changed")
	}
}

// TestAPISession sends changes as pages do, with a session and the token of a form.
func TestAPISession(t *testing.T) {
	p := newProgram(t, filled(t, sample("button", 10, arm{"red", 1000, 50}, arm{"blue", 1000, 60})))
	edith := visit(t, p.server)
	token := edith.formToken(t, p.prefix+"/login")
	login := url.Values{"name": {"edith"}, "password": {password}, "_csrf_token": {token}}
	if a := edith.send(t, http.MethodPost, p.prefix+"/login", login.Encode()); a.status != http.StatusSeeOther {
		t.Fatal(a.status, a.body)
	}
	token = edith.formToken(t, p.prefix+"/")
	path := p.prefix + apiPath("button") + "/pause"
	if a := edith.send(t, http.MethodPut, path, ""); a.status != http.StatusForbidden || !strings.Contains(a.body, "X-Csrf-Token") || p.record("button").Paused {
		t.Errorf("without the token of a form: %d %s", a.status, a.body)
	}
	edith.header = http.Header{"X-Csrf-Token": {token}}
	if a := edith.send(t, http.MethodPut, path, ""); a.status != http.StatusNoContent || !p.record("button").Paused {
		t.Errorf("%d %s", a.status, a.body)
	}
	if log, err := p.Changes(t.Context(), "button", 1); err != nil || log[0].By != "edith" {
		t.Errorf("%+v, %v", log, err)
	}
	edith.header.Set("Origin", "https://evil.example")
	if a := edith.send(t, http.MethodDelete, path, ""); a.status != http.StatusForbidden || !p.record("button").Paused {
		t.Errorf("from another origin: %d", a.status)
	}
}

// TestAPIAlone tests that a dashboard without configured access refuses requests from
// other machines.
func TestAPIAlone(t *testing.T) {
	h := dashboard.New(sixpack.New(filled(t), sixpack.Config{}), dashboard.Options{Log: slog.New(slog.DiscardHandler)})
	b := browse(t, h)
	for _, path := range []string{"/api/openapi.json", apiExperiments} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.server+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		if a := send(t, r); a.StatusCode != http.StatusOK {
			t.Errorf("%s: %s", path, a.Status)
		}
		r.Host = "evil.example"
		if a := send(t, r); a.StatusCode != http.StatusForbidden {
			t.Errorf("%s by another name: %s", path, a.Status)
		}
	}
}
