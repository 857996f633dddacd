package dashboard_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard"
	"github.com/sixpack-go/sixpack/dashboard/access"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// TestLegacyNames tests Sixpack's routes with names that an operator allowed.
func TestLegacyNames(t *testing.T) {
	engine := sixpack.New(new(memory.Store), sixpack.Config{ExperimentName: regexp.MustCompile(`.`)})
	b := browse(t, dashboard.New(engine, dashboard.Options{
		Prefix: "/admin", Access: access.Options{NoFormTokens: true}, Log: slog.New(slog.DiscardHandler),
	}))
	for _, name := range []string{"my exp", "a/b", "x:y", "a.json", "100%", "a%2Fb", "é?#&", `<"'>`} {
		if _, err := engine.Participate(t.Context(), sixpack.Experiment{Name: name, Alternatives: []string{"one", "two"}}, "c"); err != nil {
			t.Fatal(err)
		}
		path := "/admin/experiments/" + url.PathEscape(name)
		for _, c := range []struct {
			action, form string
			done         func(store.Record) bool
		}{
			{"/winner/", "alternative_name=two", func(r store.Record) bool { return r.Winner == "two" }},
			{"/winner/reset/", "", func(r store.Record) bool { return r.Winner == "" }},
			{"/pause", "", func(r store.Record) bool { return r.Paused }},
			{"/pause", "", func(r store.Record) bool { return !r.Paused }},
			{"/archive", "", func(r store.Record) bool { return r.Archived }},
			{"/archive", "", func(r store.Record) bool { return !r.Archived }},
			{"/description", "description=*x*", func(r store.Record) bool { return r.Description == "*x*" }},
			{"/reset/", "", func(r store.Record) bool { return r.Salt != r.Name }},
		} {
			got := b.send(t, http.MethodPost, path+c.action, c.form)
			if got.status != 302 || got.location != path+"/" {
				t.Errorf("%q: %s: %d, leads to %q", name, c.action, got.status, got.location)
			}
			counts, err := engine.Counts(t.Context(), name)
			if err != nil || !c.done(counts.Record) {
				t.Errorf("%q: %s: %v, %+v", name, c.action, err, counts.Record)
			}
		}
		var x struct {
			Name   string
			Pretty string `json:"pretty_description"`
		}
		if got := b.get(t, path+".json"); json.Unmarshal([]byte(got.body), &x) != nil || x.Name != name || x.Pretty != "<p><em>x</em></p>" {
			t.Errorf("%q: %d %s", name, got.status, got.body)
		}
		if got := b.send(t, http.MethodPost, path+"/export", ""); got.status != 200 || !strings.Contains(got.body, "Alternative Summary") {
			t.Errorf("%q: export: %d %s", name, got.status, got.body)
		}
		if got := b.get(t, path); name != "a.json" && (got.status != 308 || got.location != path+"/") {
			t.Errorf("%q: %d, leads to %q", name, got.status, got.location)
		}
		for _, action := range []string{"/winner", "/winner/reset", "/reset", "/delete"} {
			if got := b.send(t, http.MethodPost, path+action, ""); got.status != 308 || got.location != path+action+"/" {
				t.Errorf("%q: %s: %d, leads to %q", name, action, got.status, got.location)
			}
		}
		if got := b.send(t, http.MethodPost, path+"/delete/", ""); got.status != 302 || got.location != "/admin/" {
			t.Errorf("%q: delete: %d, leads to %q", name, got.status, got.location)
		}
		if _, err := engine.Counts(t.Context(), name); err == nil {
			t.Errorf("%q is still there", name)
		}
	}
}

func TestLegacyRefusals(t *testing.T) {
	w := newWorld(t)
	path := "/experiments/" + url.PathEscape(sound)
	for _, c := range []struct {
		target string
		form   url.Values
		status int
	}{
		{path + "/winner/", nil, 400},
		{path + "/winner/", url.Values{"alternative_name": {"green"}}, 400},
		{path + "/description", nil, 400},
		{path + "/export?kpi=nope", nil, 404},
		{path + "/export?period=hour", nil, 400},
		{"/experiments/nope/winner/", url.Values{"alternative_name": {"blue"}}, 404},
		{"/experiments/nope/delete/", nil, 404},
		{"/experiments/nope/export", nil, 404},
	} {
		before := w.record(sound)
		if got := w.post(c.target, c.form); got.status != c.status {
			t.Errorf("POST %s: %d, want %d", c.target, got.status, c.status)
		}
		if w.record(sound).Version != before.Version {
			t.Errorf("POST %s changed the experiment", c.target)
		}
	}
	w.must(w.Archive(t.Context(), sound))
	w.must(w.Purge(t.Context(), sound))
	if got := w.post(path+"/archive", nil); got.status != 409 || !w.record(sound).Archived {
		t.Errorf("a purged experiment leaves the archive: %d", got.status)
	}
}

// TestFormulas tests that no cell of a CSV is taken for a formula.
func TestFormulas(t *testing.T) {
	w := newWorld(t)
	for _, text := range []string{"=1+1", "+1", "-1", "@x", "\tx"} {
		w.must(w.Describe(t.Context(), sound, text))
		got := w.post("/experiments/"+url.PathEscape(sound)+"/export", nil)
		if rows := readCSV(got.body); len(rows) < 4 || !slices.Contains(slices.Concat(rows...), "'"+text) {
			t.Errorf("%q: %q", text, got.body)
		}
	}
}

// TestLegacyListLoadsOnce tests that the list does not call the store once for each
// experiment.
func TestLegacyListLoadsOnce(t *testing.T) {
	s := &counting{Store: new(memory.Store)}
	const experiments = 50
	for i := range experiments {
		if _, err := s.Import(t.Context(), sample(fmt.Sprintf("x%02d", i), 3, arm{"a", 10, 1}, arm{"b", 10, 2})); err != nil {
			t.Fatal(err)
		}
	}
	b := browse(t, dashboard.New(sixpack.New(s, sixpack.Config{}), dashboard.Options{}))
	var list struct{ Experiments []struct{ Name string } }
	if got := b.get(t, "/experiments.json"); json.Unmarshal([]byte(got.body), &list) != nil || len(list.Experiments) != experiments {
		t.Errorf("%d: %d experiments", got.status, len(list.Experiments))
	}
	if n := s.calls.Load(); n != 1 {
		t.Errorf("%d calls of the store", n)
	}
}

// TestViewers tests that viewers can change nothing.
func TestViewers(t *testing.T) {
	hash, err := access.HashPassword("a good password")
	if err != nil {
		t.Fatal(err)
	}
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	if _, err := engine.Participate(t.Context(), sixpack.Experiment{Name: "exp", Alternatives: []string{"one", "two"}}, "c"); err != nil {
		t.Fatal(err)
	}
	w := world{engine, browse(t, dashboard.New(engine, dashboard.Options{
		Log: slog.New(slog.DiscardHandler),
		Access: access.Options{NoFormTokens: true, Users: []access.User{
			{Name: "viewer", Hash: hash, Role: access.Viewer}, {Name: "editor", Hash: hash, Role: access.Editor},
		}},
	})), t, nil}
	login := func(name string) {
		form := url.Values{"name": {name}, "password": {"a good password"}}
		if got := w.send(t, http.MethodPost, "/login", form.Encode()); got.status != 303 {
			t.Fatalf("login: %d %s", got.status, texts(got.body))
		}
	}
	changes := []string{
		"winner/", "winner/reset/", "winner", "reset/", "delete/", "pause", "archive", "description", "undo",
		"do/winner", "do/reset-winner", "do/pause", "do/resume", "do/archive", "do/unarchive", "do/purge", "do/reset", "do/delete",
		"do/describe", "do/override", "do/clear-override", "do/plan",
	}
	login("viewer")
	before := w.record("exp")
	for _, path := range changes {
		form := url.Values{"alternative_name": {"two"}, "alternative": {"two"}, "name": {"exp"}, "description": {"x"}, "change": {"1"}}
		if got := w.send(t, http.MethodPost, "/experiments/exp/"+path, form.Encode()); got.status != 403 {
			t.Errorf("POST %s: %d", path, got.status)
		}
		if strings.HasPrefix(path, "do/") {
			if got := w.get(t, "/experiments/exp/"+path); got.status != 403 {
				t.Errorf("GET %s: %d", path, got.status)
			}
		}
	}
	if w.record("exp").Version != before.Version {
		t.Error("a viewer changed the experiment")
	}
	if got := w.send(t, http.MethodPost, "/experiments/exp/export", ""); got.status != 200 {
		t.Errorf("a viewer cannot export: %d", got.status)
	}
	login("editor")
	if got := w.send(t, http.MethodPost, "/experiments/exp/do/pause", ""); got.status != 303 || !w.record("exp").Paused {
		t.Errorf("an editor cannot pause: %d", got.status)
	}
	log, err := w.Changes(t.Context(), "exp", 1)
	if err != nil || len(log) != 1 || log[0].By != "editor" {
		t.Errorf("the log says %+v, %v", log, err)
	}
}

func BenchmarkLegacyList500(b *testing.B) { benchmark(b, filled(b, many(500)...), "/experiments.json") }
