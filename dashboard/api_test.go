package dashboard_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard"
	"github.com/sixpack-go/sixpack/store"
)

const (
	apiExperiments = "/api/v1/experiments"
	asJSON         = "application/json"
)

// program is one that uses the API with a token.
type program struct {
	*sixpack.Engine

	site  *site
	token string
	t     *testing.T
}

// newProgram returns an editor's, over a store.
func newProgram(t *testing.T, s store.Store) program {
	t.Helper()
	engine := sixpack.New(s, sixpack.Config{Now: func() time.Time { return present }, ExperimentName: regexp.MustCompile(`.`)})
	at := newSite(t, engine, everything(t), "/ab")
	at.clock.now = present
	return program{engine, at, deployToken, t}
}

// call sends a request. A body is JSON.
func (p program) call(method, path, body string, headers ...string) answer {
	p.t.Helper()
	r, err := http.NewRequestWithContext(p.t.Context(), method, p.site.url+path, strings.NewReader(body))
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
	{"PUT", "/archive", "", func(r store.Record) bool { return r.Archived }},
	{"DELETE", "/archive", "", func(r store.Record) bool { return !r.Archived }},
	{"PUT", "/archive", "{}", func(r store.Record) bool { return r.Archived }},
	{"POST", "/purge", "", func(r store.Record) bool { return r.Purged }},
	{"POST", "/reset", "", func(r store.Record) bool { return !r.Purged && !r.Archived && r.Salt != r.Name }},
}

// TestAPIEdits makes all changes, each twice, of experiments of any name.
func TestAPIEdits(t *testing.T) {
	for _, name := range []string{"button", "a/b", "a%2Fb", "../up", "x.json", "é ?#&", script} {
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
		if p.read(apiPath(name)+"/changes?most=1", &log); len(log.Changes) != 1 || log.Changes[0].Action != sixpack.ActionDelete {
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

// TestAPIRefusals sends what is refused, with the reason, and changes nothing.
func TestAPIRefusals(t *testing.T) {
	const sound, ended, purged = "sound", "ended", "purged"
	s := filled(t, sample(broken, 10, arm{"red", 1000, 50}, arm{"blue", 700, 60}))
	for _, name := range []string{sound, ended, purged} {
		if _, err := s.Import(t.Context(), sample(name, 10, arm{"red", 1000, 50}, arm{"blue", 1000, 60})); err != nil {
			t.Fatal(err)
		}
	}
	p := newProgram(t, s)
	for _, err := range []error{p.Archive(t.Context(), ended), p.Archive(t.Context(), purged), p.Purge(t.Context(), purged)} {
		if err != nil {
			t.Fatal(err)
		}
	}
	long := `{"description":"` + strings.Repeat("x", 1<<20) + `"}`
	for _, c := range []struct {
		name, method, path, body string
		status                   int
		says                     string
		header                   string
	}{
		// What cannot be read.
		{sound, "PUT", "/winner", "", 415, "Content-Type", ""},
		{sound, "PUT", "/winner", " ", 400, "The body is empty", ""},
		{sound, "PUT", "/winner", `{"alternative":"blue"}`, 415, "Content-Type", "Content-Type: text/plain"},
		{sound, "PUT", "/winner", `alternative=blue`, 415, "Content-Type", "Content-Type: application/x-www-form-urlencoded"},
		{sound, "PUT", "/winner", `{"alternative":"blue"`, 400, "This is not JSON", ""},
		{sound, "PUT", "/winner", `{"alternative":"blue"} {}`, 400, "more after", ""},
		{sound, "PUT", "/winner", `{"alternative":"blue","kpi":""}`, 400, `no field "kpi"`, ""},
		{sound, "PUT", "/winner", `{"alternative":1}`, 400, `The field "alternative" takes a string, not a number.`, ""},
		{sound, "PUT", "/winner", `{"alternative":"blue","anyway":"yes"}`, 400, `The field "anyway" takes true or false, not a string.`, ""},
		{sound, "PUT", "/winner", `["blue"]`, 400, `Send an object, not an array.`, ""},
		{sound, "PUT", "/winner", `{}`, 400, `The field "alternative" is missing.`, ""},
		{sound, "PUT", "/description", `{"description":null}`, 400, `The field "description" is missing.`, ""},
		{sound, "PUT", "/description", long, 413, "too long", ""},
		{sound, "PUT", "/override", `{"weights":"equal"}`, 400, `The field "weights" takes an array, not a string.`, ""},
		{sound, "PUT", "/override", `{"weights":["a",1]}`, 400, `a number, not a string`, ""},
		{sound, "PUT", "/plan", `{"size":1.5}`, 400, `The field "size" takes a whole number, not 1.5.`, ""},
		{sound, "PUT", "/pause", `{"until":"tomorrow"}`, 400, `no field "until"`, ""},
		{sound, "POST", "/undo", `{}`, 400, `The field "change" is missing.`, ""},
		{sound, "POST", "/undo", `{"change":-1}`, 400, `a whole number`, ""},
		// What makes no sense.
		{sound, "PUT", "/winner", `{"alternative":"green"}`, 400, "no alternative “green”", ""},
		{broken, "PUT", "/winner", `{"alternative":"green"}`, 400, "no alternative “green”", ""},
		{sound, "PUT", "/winner", `{"alternative":""}`, 400, "Choose an alternative", ""},
		{sound, "PUT", "/override", `{"traffic":2}`, 400, "traffic", ""},
		{sound, "PUT", "/override", `{"traffic":-0.5}`, 400, "traffic", ""},
		{sound, "PUT", "/override", `{"weights":[1]}`, 400, "1 weights for 2 alternatives", ""},
		{sound, "PUT", "/override", `{"weights":[]}`, 400, "0 weights for 2 alternatives", ""},
		{sound, "PUT", "/override", `{"weights":[0,0]}`, 400, "weights", ""},
		{sound, "PUT", "/override", `{"weights":[1e400,1]}`, 400, "a number", ""},
		{sound, "PUT", "/override", `{"algorithm":"magic"}`, 400, "algorithm", ""},
		{sound, "PUT", "/plan", `{"alpha":0.9}`, 400, "alpha", ""},
		{sound, "PUT", "/plan", `{"kpi":"a b"}`, 400, "kpi", ""},
		{sound, "PUT", "/plan", `{"analysis":"fixed","size":100}`, 400, "before anybody takes part", ""},
		{sound, "GET", "/series?period=hour", "", 400, "hour", ""},
		{sound, "GET", "/changes?most=all", "", 400, "all", ""},
		{sound, "GET", "/changes?most=0", "", 400, "1 or more", ""},
		// What is not there.
		{"nope", "PUT", "/pause", "", 404, "no such experiment", ""},
		{"nope", "GET", "", "", 404, "no such experiment", ""},
		{"nope", "GET", "/series", "", 404, "no such experiment", ""},
		{"nope", "GET", "/changes", "", 404, "no such experiment", ""},
		{"nope", "GET", "/download.csv", "", 404, "no such experiment", ""},
		{"nope", "GET", "/download.json", "", 404, "no such experiment", ""},
		{"nope", "DELETE", "", "", 404, "no such experiment", ""},
		{"nope", "POST", "/undo", `{"change":1}`, 404, "no such experiment", ""},
		{sound, "GET", "?kpi=nope", "", 404, "no such KPI", ""},
		{sound, "GET", "/series?kpi=nope", "", 404, "no such KPI", ""},
		{sound, "GET", "/nope", "", 404, "no such page", ""},
		{sound, "PATCH", "", "{}", 405, "", ""},
		{sound, "GET", "/pause", "", 405, "", ""},
		// What cannot be done as things are.
		{broken, "PUT", "/winner", `{"alternative":"blue"}`, 409, `"anyway": true`, ""},
		{ended, "PUT", "/winner", `{"alternative":"blue"}`, 409, "archived", ""},
		{ended, "PUT", "/pause", "", 409, "archived", ""},
		{ended, "PUT", "/override", `{"traffic":0.5}`, 409, "archived", ""},
		{ended, "PUT", "/plan", `{"effect":0.5}`, 409, "archived", ""},
		{sound, "POST", "/purge", "", 409, "not archived", ""},
		{purged, "DELETE", "/archive", "", 409, "purged", ""},
	} {
		before := p.everything()
		a := p.call(c.method, apiPath(c.name)+c.path, c.body, c.header)
		var said struct{ Error string }
		if err := json.Unmarshal([]byte(a.body), &said); err != nil || a.StatusCode != c.status || !strings.Contains(said.Error, c.says) {
			t.Errorf("%s %s%s %.60s: %s %.200s, want %d %s", c.method, c.name, c.path, c.body, a.Status, a.body, c.status, c.says)
		}
		if p.everything() != before {
			t.Errorf("%s %s%s %.60s changed something", c.method, c.name, c.path, c.body)
		}
	}
	if a := p.call("PUT", apiPath(broken)+"/winner", `{"alternative":"blue","anyway":true}`); a.StatusCode != http.StatusNoContent || p.record(broken).Winner != "blue" {
		t.Errorf("the winner is not set anyway: %s %s", a.Status, a.body)
	}
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

// TestAPIRoles asks for all routes of the description without a token, with a
// stranger's, and as a viewer, who may read.
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
	edith := p.site.login(t, "edith")
	path := apiPath("button") + "/pause"
	if a := edith.do(t, http.MethodPut, path, nil); a.StatusCode != http.StatusForbidden || !strings.Contains(a.body, "X-Csrf-Token") || p.record("button").Paused {
		t.Errorf("without the token of a form: %s %s", a.Status, a.body)
	}
	edith.header.Set("X-Csrf-Token", edith.token)
	if a := edith.do(t, http.MethodPut, path, nil); a.StatusCode != http.StatusNoContent || !p.record("button").Paused {
		t.Errorf("%s %s", a.Status, a.body)
	}
	if log, err := p.Changes(t.Context(), "button", 1); err != nil || log[0].By != "edith" {
		t.Errorf("%+v, %v", log, err)
	}
	edith.header.Set("Origin", "https://evil.example")
	if a := edith.do(t, http.MethodDelete, path, nil); a.StatusCode != http.StatusForbidden || !p.record("button").Paused {
		t.Errorf("from another origin: %s", a.Status)
	}
}

// failing is a store that may be down.
type failing struct {
	store.Store

	down atomic.Bool
}

var errDown = errors.New("the store is down: secret details")

func (f *failing) Results(ctx context.Context, names ...string) ([]store.Results, error) {
	if f.down.Load() {
		return nil, errDown
	}
	return f.Store.Results(ctx, names...)
}

func (f *failing) Changes(ctx context.Context, experiment string, most int) ([]store.Change, error) {
	if f.down.Load() {
		return nil, errDown
	}
	return f.Store.Changes(ctx, experiment, most)
}

// saving is a store that can be read, but not written.
type saving struct {
	store.Store

	down atomic.Bool
}

func (s *saving) Save(ctx context.Context, r store.Record, changes ...store.Change) (store.Facts, error) {
	if s.down.Load() {
		return store.Facts{}, errDown
	}
	return s.Store.Save(ctx, r, changes...)
}

func (s *saving) Clear(ctx context.Context, r store.Record, keepCounts bool, changes ...store.Change) (store.Facts, error) {
	if s.down.Load() {
		return store.Facts{}, errDown
	}
	return s.Store.Clear(ctx, r, keepCounts, changes...)
}

func (s *saving) Delete(ctx context.Context, experiment string, changes ...store.Change) (bool, error) {
	if s.down.Load() {
		return false, errDown
	}
	return s.Store.Delete(ctx, experiment, changes...)
}

// TestAPIDown asks for everything while the store does not answer.
func TestAPIDown(t *testing.T) {
	s := &failing{Store: filled(t, sample("button", 10, arm{"red", 1000, 50}, arm{"blue", 1000, 60}))}
	p := newProgram(t, s)
	before := p.everything()
	for _, o := range operations(t) {
		if o.path == "/api/openapi.json" {
			continue
		}
		s.down.Store(true)
		a := p.call(o.method, o.at("button"), o.example)
		s.down.Store(false)
		if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Content-Type") != asJSON || strings.Contains(a.body, "secret") {
			t.Errorf("%s %s: %s %s", o.method, o.path, a.Status, a.body)
		}
		if p.everything() != before {
			t.Errorf("%s %s changed something", o.method, o.path)
		}
	}
}

// TestAPIUnwritten makes changes while the store cannot be written.
func TestAPIUnwritten(t *testing.T) {
	s := &saving{Store: filled(t, sample("button", 10, arm{"red", 1000, 50}, arm{"blue", 1000, 60}))}
	p := newProgram(t, s)
	for _, e := range append(slices.Clone(edits), edit{"DELETE", "", "", func(store.Record) bool { return true }}) {
		before := p.everything()
		s.down.Store(true)
		a := p.call(e.method, apiPath("button")+e.path, e.body)
		s.down.Store(false)
		if a.StatusCode != http.StatusServiceUnavailable || p.everything() != before {
			t.Errorf("%s %s: %s %s", e.method, e.path, a.Status, a.body)
		}
		if a := p.call(e.method, apiPath("button")+e.path, e.body); a.StatusCode != http.StatusNoContent {
			t.Errorf("%s %s, again: %s %s", e.method, e.path, a.Status, a.body)
		}
	}
}

func TestAPIList(t *testing.T) {
	s := &counting{Store: filled(
		t, sample("old", 20, arm{"a", 1000, 100}, arm{"b", 1000, 130}), sample("new", 3, arm{"a", 10, 1}, arm{"b", 10, 2}),
		sample("paused", 10, arm{"a", 500, 50}, arm{"b", 500, 50}), sample("archived", 15, arm{"a", 700, 70}, arm{"b", 700, 71}),
	)}
	p := newProgram(t, s)
	for _, err := range []error{
		p.Pause(t.Context(), "paused"), p.Pause(t.Context(), "archived"), p.Archive(t.Context(), "archived"), p.Describe(t.Context(), "new", "a Bolder button"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	for query, want := range map[string]string{
		"":                              "new paused archived old",
		"?sort=participants":            "old archived paused new",
		"?sort=surest&state=active":     "old new",
		"?state=active":                 "new old",
		"?state=paused":                 "paused",
		"?state=archived&sort=newest":   "archived",
		"?q=BOLD":                       "new",
		"?q=nope":                       "",
		"?q=%20e%20&state=active&sort=": "new",
	} {
		var list struct {
			Experiments []struct {
				Name    string
				State   string
				Results struct {
					Verdict      struct{ State string }
					Alternatives []struct{ Participants int64 }
				}
			}
		}
		s.calls.Store(0)
		p.read(apiExperiments+query, &list)
		var names []string
		for _, x := range list.Experiments {
			names = append(names, x.Name)
			if x.Results.Verdict.State == "" || len(x.Results.Alternatives) != 2 || (x.Name == "archived" || x.Name == "paused") && x.State != x.Name {
				t.Errorf("%s: %+v", query, x)
			}
		}
		if got := strings.Join(names, " "); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
		if n := s.calls.Load(); n != 1 {
			t.Errorf("%s: %d calls of the store", query, n)
		}
	}
	for query, says := range map[string]string{"?state=lost": "lost", "?sort=random": "random"} {
		if a := p.call("GET", apiExperiments+query, ""); a.StatusCode != http.StatusBadRequest || !strings.Contains(a.body, says) {
			t.Errorf("%s: %s %s", query, a.Status, a.body)
		}
	}
}

func TestAPIExperiment(t *testing.T) {
	i := valued(sample("price", 10, arm{"19", 1000, 100}, arm{"24", 1000, 130}), "revenue", 20e6)
	p := newProgram(t, filled(t, i))
	if err := p.Override(t.Context(), "price", store.Override{Traffic: 0.5, Weights: []float64{3, 1}}); err != nil {
		t.Fatal(err)
	}
	type answer struct {
		Name     string
		Traffic  float64
		Weights  []float64
		Declared store.Override
		Override store.Override
		Created  time.Time
		Winner   *string
		Results  sixpack.Results
	}
	for kpi, measure := range map[string]sixpack.Measure{"": sixpack.Rate, "?kpi=": sixpack.Rate, "?kpi=revenue": sixpack.Mean} {
		var got answer
		p.read(apiPath("price")+kpi, &got)
		want, err := p.Results(t.Context(), "price", strings.TrimPrefix(strings.TrimPrefix(kpi, "?"), "kpi="))
		if err != nil {
			t.Fatal(err)
		}
		if got.Results.Measure != measure || got.Results.Verdict != want.Verdict || got.Results.Alternatives[1].ChanceToBeBest != want.Alternatives[1].ChanceToBeBest {
			t.Errorf("%s: %+v, want %+v", kpi, got.Results, want)
		}
		if got.Traffic != 0.5 || !slices.Equal(got.Weights, []float64{0.75, 0.25}) || got.Declared.Traffic != 1 || got.Override.Traffic != 0.5 ||
			!got.Created.Equal(i.Record.Created) || got.Winner != nil {
			t.Errorf("%s: %+v", kpi, got)
		}
	}
}

// TestAPIAlone tests that a dashboard whom nobody was given access to lets nobody
// in from elsewhere.
func TestAPIAlone(t *testing.T) {
	h := dashboard.New(sixpack.New(filled(t), sixpack.Config{}), dashboard.Options{Log: slog.New(slog.DiscardHandler)})
	b := browse(t, h)
	for _, path := range []string{"/api/openapi.json", apiExperiments} {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, b.server+path, nil)
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
