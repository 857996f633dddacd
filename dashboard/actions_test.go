package dashboard_test

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/dashboard"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// world is an engine with experiments, and somebody who looks at them.
type world struct {
	*sixpack.Engine
	*client

	t *testing.T
}

// experiments of a world. Those of the second are in shares that were not set.
const (
	sound  = "button color"
	broken = "broken/split"
)

func newWorld(t *testing.T) world {
	t.Helper()
	s := new(memory.Store)
	for _, i := range []store.Import{
		sample(sound, 10, arm{"red", 1000, 50}, arm{"blue", 1000, 60}),
		sample(broken, 10, arm{"red", 1000, 50}, arm{"blue", 700, 60}),
	} {
		if _, err := s.Import(t.Context(), i); err != nil {
			t.Fatal(err)
		}
	}
	return worldOf(t, s)
}

func worldOf(t *testing.T, s store.Store) world {
	t.Helper()
	now := func() time.Time { return present }
	engine := sixpack.New(s, sixpack.Config{Now: now})
	return world{engine, browse(t, dashboard.New(engine, dashboard.Options{Now: now, Log: slog.New(slog.DiscardHandler)})), t}
}

func (w world) record(name string) store.Record {
	w.t.Helper()
	counts, err := w.Counts(w.t.Context(), name)
	if err != nil {
		w.t.Fatal(err)
	}
	return counts.Record
}

func (w world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func doPath(experiment, action string) string {
	return "/experiments/" + url.PathEscape(experiment) + "/do/" + action
}

var tokens = regexp.MustCompile(`name="_csrf_token" value="([^"]*)"`)

// post sends a form with the token that the list carries.
func (w world) post(target string, form url.Values) reply {
	w.t.Helper()
	if form == nil {
		form = url.Values{}
	}
	page := w.get(w.t, doPath(sound, "describe"))
	if page.status == http.StatusNotFound {
		page = w.get(w.t, doPath(broken, "describe"))
	}
	found := tokens.FindStringSubmatch(page.body)
	if found == nil {
		w.t.Fatalf("no token: %d %s", page.status, page.body)
	}
	form.Set("_csrf_token", found[1])
	return w.send(w.t, http.MethodPost, target, form.Encode())
}

// do does an action and fails unless it leads to the page that says so.
func (w world) do(experiment, action string, form url.Values) {
	w.t.Helper()
	got := w.post(doPath(experiment, action), form)
	if want := "/experiments/" + url.PathEscape(experiment) + "/?done=" + action; got.status != http.StatusSeeOther || got.location != want {
		w.t.Fatalf("%s: %d, leads to %q, want %q; %s", action, got.status, got.location, want, texts(got.body))
	}
}

// refused does an action and fails unless it is refused with a text and changes
// nothing.
func (w world) refused(experiment, action string, form url.Values, status int, says string) {
	w.t.Helper()
	before := w.record(experiment)
	got := w.post(doPath(experiment, action), form)
	if got.status != status || !strings.Contains(texts(got.body), says) {
		w.t.Errorf("%s %v: %d, want %d and %q; %s", action, form, got.status, status, says, texts(got.body))
	}
	if after := w.record(experiment); after.Version != before.Version {
		w.t.Errorf("%s %v: changed the experiment", action, form)
	}
}

var (
	tags   = regexp.MustCompile(`<[^>]*>`)
	spaces = regexp.MustCompile(`\s+`)
)

// texts returns what is to be read in the main part of a page.
func texts(page string) string {
	_, page, _ = strings.Cut(page, "<main")
	page = tags.ReplaceAllString(page, "")
	page = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&#43;", "+", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(page)
	return spaces.ReplaceAllString(page, " ")
}

// says fails unless a page says something.
func (w world) says(target string, status int, want ...string) {
	w.t.Helper()
	got := w.get(w.t, target)
	if got.status != status {
		w.t.Errorf("%s: %d, want %d", target, got.status, status)
	}
	for _, text := range want {
		if !strings.Contains(texts(got.body), text) {
			w.t.Errorf("%s: does not say %q: %s", target, text, texts(got.body))
		}
	}
}

func TestWinner(t *testing.T) {
	w := newWorld(t)
	w.says(doPath(sound, "winner")+"?alternative=blue", 200, "From now on everyone gets “blue”, whatever they had before.",
		"The 20,000 participants so far can still convert", "The verdict so far:", "This can be undone.")
	w.refused(sound, "winner", nil, 422, "Choose an alternative.")
	w.refused(sound, "winner", url.Values{"alternative": {"green"}}, 422, "there is no alternative “green”")
	w.do(sound, "winner", url.Values{"alternative": {"blue"}})
	if got := w.record(sound).Winner; got != "blue" {
		t.Errorf("the winner is %q", got)
	}
	w.says(doPath(sound, "reset-winner"), 200, "Not everyone gets “blue” any more.")
	w.do(sound, "reset-winner", nil)
	if got := w.record(sound).Winner; got != "" {
		t.Errorf("the winner is %q", got)
	}
	w.refused(sound, "reset-winner", nil, 409, "It has no winner.")
}

func TestWinnerOfBrokenSplit(t *testing.T) {
	w := newWorld(t)
	form := url.Values{"alternative": {"blue"}}
	w.says(doPath(broken, "winner"), 200, "Set it even though the data is unreliable", "sample-ratio mismatch")
	w.refused(broken, "winner", form, 409, "Select this box to confirm.")
	form.Set("anyway", "yes")
	w.do(broken, "winner", form)
	if got := w.record(broken).Winner; got != "blue" {
		t.Errorf("the winner is %q", got)
	}
}

func TestStates(t *testing.T) {
	w := newWorld(t)
	is := func(paused, archived, purged bool) {
		t.Helper()
		if r := w.record(sound); r.Paused != paused || r.Archived != archived || r.Purged != purged {
			t.Errorf("paused %t, archived %t, purged %t", r.Paused, r.Archived, r.Purged)
		}
	}
	w.refused(sound, "resume", nil, 409, "It is not paused.")
	w.refused(sound, "unarchive", nil, 409, "It is not archived.")
	w.refused(sound, "purge", nil, 409, "It is not archived")
	w.says(doPath(sound, "pause"), 200, "Everyone gets the control, “red”, and nothing is counted, until you resume it.", "The 20,000 participants so far get their alternatives back then.")
	w.do(sound, "pause", nil)
	is(true, false, false)
	w.refused(sound, "pause", nil, 409, "It is already paused.")
	w.do(sound, "resume", nil)
	is(false, false, false)
	w.says(doPath(sound, "archive"), 200, "Its 20,000 participants and 1,100 conversions stay")
	w.do(sound, "archive", nil)
	is(false, true, false)
	for action, says := range map[string]string{
		"archive": "It is already archived.", "pause": "It is archived", "winner": "It is archived",
		"override": "It is archived", "plan": "It is archived",
	} {
		w.refused(sound, action, url.Values{"alternative": {"blue"}, "traffic": {"5"}}, 409, says)
	}
	w.do(sound, "unarchive", nil)
	is(false, false, false)
	w.do(sound, "archive", nil)
	w.says(doPath(sound, "purge"), 200, "which alternative each of its 20,000 participants had", "This cannot be undone.")
	w.do(sound, "purge", nil)
	is(false, true, true)
	w.refused(sound, "purge", nil, 409, "already purged")
	w.refused(sound, "unarchive", nil, 409, "Its client data was purged")
	w.says(doPath(sound, "reset"), 200, "It leaves the archive and runs again.")
	w.do(sound, "reset", nil)
	is(false, false, false)
}

func TestReset(t *testing.T) {
	w := newWorld(t)
	w.must(w.SetWinner(t.Context(), sound, "blue"))
	w.says(doPath(sound, "reset"), 200, "Forgets all 20,000 participants and 1,100 conversions of "+sound+" and starts counting anew. "+
		"Visitors are assigned anew and may see another alternative than before.", "not everyone gets “blue” any more", "This cannot be undone.")
	w.do(sound, "reset", nil)
	counts, err := w.Counts(t.Context(), sound)
	w.must(err)
	if counts.Alternatives[0].Participants() != 0 || counts.Record.Winner != "" {
		t.Errorf("%+v", counts)
	}
	w.says("/experiments/"+url.PathEscape(sound)+"/?done=reset", 200, "Reset: counting starts anew.", "20,000 participants, 1,100 conversions")
}

func TestDelete(t *testing.T) {
	w := newWorld(t)
	w.says(doPath(broken, "delete"), 200, "Deletes "+broken+" with all 17,000 participants and 1,100 conversions")
	w.refused(broken, "delete", nil, 422, "This is not its name.")
	w.refused(broken, "delete", url.Values{"name": {"Broken/split"}}, 422, "This is not its name.")
	got := w.post(doPath(broken, "delete"), url.Values{"name": {" " + broken + " "}})
	if got.status != 303 || got.location != "/?deleted="+url.QueryEscape(broken) {
		t.Fatalf("%d, leads to %q", got.status, got.location)
	}
	w.says(got.location, 200, broken+" is deleted.")
	w.says(doPath(broken, "pause"), 404, "There is no such experiment.")
	if got := w.get(t, "/?deleted="+url.QueryEscape(sound)); strings.Contains(got.body, "is deleted") {
		t.Error("says that an experiment is deleted which is there")
	}
}

func TestDescribe(t *testing.T) {
	w := newWorld(t)
	w.do(sound, "describe", url.Values{"description": {"It is **bold**,\r\n<script>alert(1)</script>\xff"}})
	if got := w.record(sound).Description; got != "It is **bold**,\n<script>alert(1)</script>\uFFFD" {
		t.Errorf("%q", got)
	}
	page := w.get(t, doPath(sound, "describe"))
	if strings.Contains(page.body, "<script>alert") || !strings.Contains(page.body, "It is **bold**,\n&lt;script&gt;alert(1)") {
		t.Errorf("the form holds %s", page.body)
	}
	w.do(sound, "describe", nil)
	if got := w.record(sound).Description; got != "" {
		t.Errorf("%q", got)
	}
}

func TestOverride(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		form url.Values
		says string
	}{
		{nil, "Nothing is filled in"},
		{url.Values{"traffic": {"a lot"}}, "“a lot” is not a number"},
		{url.Values{"traffic": {"0"}}, "It has to be above 0, and at most 100."},
		{url.Values{"traffic": {"100.1"}}, "It has to be above 0, and at most 100."},
		{url.Values{"traffic": {"NaN"}}, "“NaN” is not a number"},
		{url.Values{"weight-0": {"1"}}, "Give each alternative a weight"},
		{url.Values{"weight-0": {"0"}, "weight-1": {"0"}}, "At least one weight has to be above 0."},
		{url.Values{"weight-0": {"-1"}, "weight-1": {"2"}}, "It has to be 0 or more."},
		{url.Values{"algorithm": {"dice"}}, `"dice" is not one of`},
	} {
		w.refused(sound, "override", c.form, 422, c.says)
	}
	typed := w.post(doPath(sound, "override"), url.Values{"traffic": {"a lot"}, "weight-0": {"7"}, "algorithm": {"random"}})
	for _, kept := range []string{`name="traffic" value="a lot"`, `name="weight-0" value="7"`, `value="random" selected`, `aria-invalid="true"`} {
		if !strings.Contains(typed.body, kept) {
			t.Errorf("the form does not hold %s", kept)
		}
	}
	w.refused(sound, "clear-override", nil, 409, "Nothing is overridden.")
	w.do(sound, "override", url.Values{"traffic": {"12.5 %"}, "weight-0": {"3"}, "weight-1": {"1"}, "algorithm": {"random"}})
	o := w.record(sound).Override
	if o.Traffic != 0.125 || !slices.Equal(o.Weights, []float64{0.75, 0.25}) || o.Algorithm != "random" {
		t.Errorf("%+v", o)
	}
	w.says("/experiments/"+url.PathEscape(sound)+"/?done=override", 200, "traffic 12.5 %; weights red 75 %, blue 25 %; algorithm random")
	w.says(doPath(sound, "clear-override"), 200, "Takes back what is set here: traffic 12.5 %; weights red 75 %, blue 25 %; algorithm random.",
		"programs decide again: traffic 100 %, equal weights.")
	w.do(sound, "clear-override", nil)
	if o := w.record(sound).Override; o.Traffic != 0 || o.Weights != nil || o.Algorithm != "" {
		t.Errorf("%+v", o)
	}
	w.says("/experiments/"+url.PathEscape(sound)+"/?done=clear-override", 200, "Programs decide again.")
}

func TestPlan(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		form url.Values
		says string
	}{
		{url.Values{"effect": {"x"}}, "“x” is not a number"},
		{url.Values{"power": {"100"}}, "It has to be above 0, and at most 99.99."},
		{url.Values{"alpha": {"51"}}, "It has to be above 0, and at most 50."},
		{url.Values{"baseline": {"-1"}}, "It has to be above 0"},
		{url.Values{"size": {"10.5"}}, "It has to be a whole number."},
		{url.Values{"kpi": {"a b"}}, "Invalid kpi name"},
		{url.Values{"analysis": {"twice"}}, `the analysis "twice" is neither`},
		{url.Values{"analysis": {"fixed"}}, "Say at how many participants you will look."},
	} {
		w.refused(sound, "plan", c.form, 422, c.says)
	}
	w.refused(sound, "plan", url.Values{"analysis": {"fixed"}, "size": {"1000"}}, 409, "has to be planned before anybody takes part")
	w.do(sound, "plan", url.Values{"kpi": {"sale"}, "effect": {"7"}, "baseline": {"5%"}, "power": {"90"}, "alpha": {"1"}, "size": {"50000"}})
	want := store.Plan{KPI: "sale", Effect: 0.07, Baseline: 0.05, Power: 0.9, Alpha: 0.01, Size: 50000}
	if got := w.record(sound).Plan; got != want {
		t.Errorf("%+v, want %+v", got, want)
	}
	if page := w.get(t, doPath(sound, "plan")); !strings.Contains(page.body, `name="effect" value="7"`) {
		t.Error("the form does not hold the effect")
	}
	w.do(sound, "plan", nil)
	if got := w.record(sound).Plan; got != (store.Plan{}) {
		t.Errorf("%+v", got)
	}
}

func TestRamp(t *testing.T) {
	w := newWorld(t)
	page := "/experiments/" + url.PathEscape(sound) + "/"
	form := func(changes ...string) url.Values {
		f := url.Values{"steps": {"1, 5 %, 12.5,100"}, "hold": {"24"}, "kpi-": {"fall"}, "falls": {"sale"}, "rises": {"error"}}
		for i := 0; i < len(changes); i += 2 {
			f.Set(changes[i], changes[i+1])
		}
		return f
	}
	for _, c := range []struct{ field, value, says string }{
		{"steps", "", "Give at least one step."},
		{"steps", "1, few", "“few” is not a number"},
		{"steps", "1, 1", "Each has to be above the one before."},
		{"steps", "50, 101", "Each has to be above 0, and at most 100."},
		{"steps", "NaN", "Each has to be above 0, and at most 100."},
		{"hold", "", "Say how long each step is held."},
		{"hold", "0", "It has to be above 0"},
		{"falls", "a b", "Invalid kpi name"},
		{"rises", "sale", "is a guardrail twice"},
		{"rises", "default", "is a guardrail twice"},
		{"kpi-", "stay", "Choose one of these."},
	} {
		w.refused(sound, "ramp", form(c.field, c.value), 422, c.says)
	}
	for _, action := range []string{"pause-ramp", "resume-ramp", "stop-ramp"} {
		w.refused(sound, action, nil, 409, "No ramp is under way.")
	}
	if got := w.get(t, page); strings.Contains(got.body, "ramp-title") || !strings.Contains(got.body, "Raise traffic step by step") {
		t.Error("an experiment without a ramp has one, or cannot have one")
	}
	w.says(doPath(sound, "ramp"), 200, "Sets the traffic, which is 100 % now", "Nobody who takes part changes or is put out", "KPI default")
	offered := w.get(t, doPath(sound, "ramp")).body
	for _, want := range []string{`name="steps" value="1, 5, 10, 25, 50, 100"`, `name="hold" value="24"`, `<option value="fall" selected>must not fall`} {
		if !strings.Contains(offered, want) {
			t.Errorf("the form does not offer %s", want)
		}
	}
	w.do(sound, "ramp", form())
	r := w.record(sound).Ramp
	rails := []store.Guardrail{{}, {KPI: "sale"}, {KPI: "error", RiseIsBad: true}}
	if !slices.Equal(r.Steps, []float64{0.01, 0.05, 0.125, 1}) || r.Hold != 24*time.Hour || !slices.Equal(r.Guardrails, rails) || r.State != store.RampRunning {
		t.Errorf("the ramp is %+v", r)
	}
	w.says(page+"?done=ramp", 200, "The ramp has begun.", "Traffic1% by the ramp",
		"Running: 1% of the visitors since 20 March 2026, 15:00 UTC. Rises to 5% with the first visitor after 21 March 2026, 15:00 UTC.",
		"Before each step, the ramp checks the results. It stops if there is a sample-ratio mismatch, or if an alternative makes a KPI clearly worse: "+
			"the default KPI falls, or “sale” falls, or “error” rises. There are no conversions yet for “sale”, nor for “error”.",
		"Began to raise the traffic", "ramp running, step 1 of 4")
	if undos.MatchString(w.get(t, page).body) {
		t.Error("the ramp can be undone")
	}
	w.refused(sound, "ramp", form(), 409, "A ramp is under way. Stop it first.")
	w.refused(sound, "clear-override", nil, 409, "A ramp sets its traffic.")
	if body := w.get(t, doPath(sound, "override")).body; strings.Contains(body, `name="traffic"`) || strings.Contains(body, "clear-override") {
		t.Error("the traffic can be overridden in spite of the ramp")
	}
	w.do(sound, "override", url.Values{"weight-0": {"3"}, "weight-1": {"1"}})
	w.refused(sound, "resume-ramp", nil, 409, "The ramp is not paused.")
	for _, closing := range []string{"pause", "archive", "winner"} {
		w.says(doPath(sound, closing), 200, "The ramp waits at its step of 1 %, until visitors take part again.")
	}
	w.says(doPath(sound, "reset"), 200, "The ramp stays at its step, and holds it anew.")
	w.do(sound, "pause-ramp", nil)
	w.says(page, 200, "Paused at 1% of the visitors", "this step lasts 24 hours more", "Resume the ramp")
	w.refused(sound, "pause-ramp", nil, 409, "The ramp is already paused.")
	w.says(doPath(sound, "resume-ramp"), 200, "stays at 1 % for 24 hours, and is raised then.")
	w.do(sound, "resume-ramp", nil)
	w.must(w.Pause(t.Context(), sound))
	w.says(page, 200, "Waiting at 1% of the visitors", "because the experiment is not running. Once it runs, 5% follows after 24 hours.")
	w.says(doPath(sound, "resume"), 200, "The ramp goes on from where it was.")
	w.must(w.Resume(t.Context(), sound))
	w.says(doPath(sound, "stop-ramp"), 200, "The traffic stays at 1 %, and can be set by hand again.")
	w.do(sound, "stop-ramp", nil)
	w.says(page, 200, "Stopped at 1% of the visitors.", "Traffic1% set here", "Raise traffic step by step")
	w.must(w.SetWinner(t.Context(), sound, "blue"))
	w.refused(sound, "ramp", form(), 409, "Everyone gets the winner, “blue”")
}

// TestRampOfKPIs offers the KPIs that are known, and says what goes before the
// traffic that programs declare.
func TestRampOfKPIs(t *testing.T) {
	i := valued(sample(sound, 10, arm{"19", 1000, 100}, arm{"24", 1000, 130}))
	i.Record.Traffic, i.Record.Plan.KPI = 0.3, "revenue"
	w := worldOf(t, filled(t, i))
	w.says(doPath(sound, "ramp"), 200, "KPI default", "KPI revenue", "must not rise: a rise is bad", "Programs declare a traffic of 30 %: what the ramp sets goes before that.")
	w.do(sound, "ramp", url.Values{"steps": {"50 100"}, "hold": {"0.5"}, "kpi-": {"rise"}, "kpi-revenue": {"fall"}})
	r := w.record(sound)
	if want := []store.Guardrail{{RiseIsBad: true}, {KPI: "revenue"}}; !slices.Equal(r.Ramp.Guardrails, want) || r.Ramp.Hold != 30*time.Minute {
		t.Errorf("the ramp is %+v, want the guardrails %+v", r.Ramp, want)
	}
	w.says("/experiments/"+url.PathEscape(sound)+"/", 200, "Traffic50% by the ramp", "the default KPI rises, or “revenue” falls. Programs declare a traffic of 30 %")
}

// TestRampOfItself shows what a ramp does without anybody.
func TestRampOfItself(t *testing.T) {
	for of, want := range map[string][]string{
		sound: {
			"Done: 100% of the visitors since 22 March 2026, 15:00 UTC.", "Raised the traffic by a step", "sixpack",
			"ramp running, step 2 of 3", "ramp done, step 3 of 3",
		},
		broken: {
			"Stopped automatically at 50% of the visitors: there is a sample-ratio mismatch. The traffic stays as it is until you change it",
			"Stopped the ramp", "ramp stopped, step 1 of 3: there is a sample-ratio mismatch",
		},
	} {
		s, now := new(memory.Store), present
		i := sample(of, 10, arm{"red", 1000, 50}, arm{"blue", map[string]int64{sound: 1000, broken: 700}[of], 60})
		if _, err := s.Import(t.Context(), i); err != nil {
			t.Fatal(err)
		}
		clock := func() time.Time { return now }
		engine := sixpack.New(s, sixpack.Config{Now: clock})
		w := world{engine, browse(t, dashboard.New(engine, dashboard.Options{Now: clock, Log: slog.New(slog.DiscardHandler)})), t}
		w.do(of, "ramp", url.Values{"steps": {"50, 75, 100"}, "hold": {"24"}})
		x := sixpack.Experiment{Name: of, Alternatives: []string{"red", "blue"}}
		for day := range 3 {
			for visitor := range 20 {
				if _, err := engine.Participate(t.Context(), x, fmt.Sprint(day, "-", visitor)); err != nil {
					t.Fatal(err)
				}
			}
			now = now.Add(24 * time.Hour)
		}
		page := "/experiments/" + url.PathEscape(of) + "/"
		w.says(page, 200, want...)
		if warns := strings.Contains(w.get(t, page).body, `<p class="notice warn">Stopped automatically`); warns != (of == broken) {
			t.Errorf("%s: whether the page warns is %t", of, warns)
		}
	}
}

var undos = regexp.MustCompile(`name="change" value="(\d+)"`)

func TestUndo(t *testing.T) {
	w := newWorld(t)
	page := "/experiments/" + url.PathEscape(sound) + "/"
	undo := page + "undo"
	w.do(sound, "pause", nil)
	w.says(page+"?done=pause", 200, "Paused. Undo", "Who changed what", "Paused it")
	if body := texts(w.get(t, page+"?done=archive").body); strings.Contains(body, "Archived.") {
		t.Error("says what was not done")
	}
	change := undos.FindStringSubmatch(w.get(t, page+"?done=pause").body)
	if change == nil {
		t.Fatal("no undo")
	}
	form := func() url.Values { return url.Values{"change": {change[1]}} }
	if got := w.post(undo, form()); got.status != 303 || got.location != page+"?done=undo" {
		t.Fatalf("%d, leads to %q", got.status, got.location)
	}
	if w.record(sound).Paused {
		t.Error("it is still paused")
	}
	w.says(page+"?done=undo", 200, "Undone.", "Undid: Paused it")
	for id, status := range map[string]int{change[1]: 409, "12": 404, "": 400, "x": 400} {
		if got := w.post(undo, url.Values{"change": {id}}); got.status != status {
			t.Errorf("undo of %q: %d, want %d", id, got.status, status)
		}
	}
	if got := w.post("/experiments/nope/undo", form()); got.status != 404 {
		t.Errorf("undo of an unknown experiment: %d", got.status)
	}
}

// TestUndoSetsNoWinnerByTheWay takes the winner of a broken split back, and does not
// get it again without saying that one means it.
func TestUndoSetsNoWinnerByTheWay(t *testing.T) {
	w := newWorld(t)
	page := "/experiments/" + url.PathEscape(broken) + "/"
	w.do(broken, "winner", url.Values{"alternative": {"blue"}, "anyway": {"yes"}})
	w.do(broken, "reset-winner", nil)
	change := undos.FindStringSubmatch(w.get(t, page+"?done=reset-winner").body)
	if change == nil {
		t.Fatal("no undo")
	}
	if got := w.post(page+"undo", url.Values{"change": {change[1]}}); got.status != 409 || w.record(broken).Winner != "" {
		t.Errorf("%d, the winner is %q", got.status, w.record(broken).Winner)
	}
}

// TestUndoable tests which changes of the log can be undone.
func TestUndoable(t *testing.T) {
	w := newWorld(t)
	ctx := t.Context()
	page := "/experiments/" + url.PathEscape(sound) + "/"
	w.must(w.Describe(ctx, sound, "first"))
	w.must(w.Pause(ctx, sound))
	w.must(w.Describe(ctx, sound, "second"))
	w.must(w.Resume(ctx, sound))
	w.must(w.Pause(ctx, sound))
	if n := len(undos.FindAllString(w.get(t, page).body, -1)); n != 2 {
		t.Errorf("%d changes can be undone, want the last pause and the second description", n)
	}
	w.must(w.Reset(ctx, sound))
	if n := len(undos.FindAllString(w.get(t, page).body, -1)); n != 1 {
		t.Errorf("%d changes can be undone, want the second description", n)
	}
}

func TestUnknown(t *testing.T) {
	w := newWorld(t)
	for _, target := range []string{doPath("nope", "pause"), doPath(sound, "explode")} {
		if got := w.get(t, target); got.status != 404 {
			t.Errorf("GET %s: %d", target, got.status)
		}
		if got := w.post(target, nil); got.status != 404 {
			t.Errorf("POST %s: %d", target, got.status)
		}
	}
}
