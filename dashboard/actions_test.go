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

// world is an engine with experiments, and a client of its dashboard.
type world struct {
	*sixpack.Engine
	*client

	t        *testing.T
	messages map[string]bool // of refused actions
}

// The experiments of a world. The second has a sample-ratio mismatch.
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
	w := world{engine, browse(t, dashboard.New(engine, dashboard.Options{Now: now, Log: slog.New(slog.DiscardHandler)})), t, make(map[string]bool)}
	t.Cleanup(func() { compareMessages(t, w.messages) })
	return w
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

// post sends a form with a form token.
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

// do carries out an action and fails unless it redirects to the confirming page.
func (w world) do(experiment, action string, form url.Values) {
	w.t.Helper()
	got := w.post(doPath(experiment, action), form)
	if want := "/experiments/" + url.PathEscape(experiment) + "/?done=" + action; got.status != http.StatusSeeOther || got.location != want {
		w.t.Fatalf("%s: %d, leads to %q, want %q; %s", action, got.status, got.location, want, texts(got.body))
	}
}

// refused tries an action and fails unless the answer has the status and the text, and
// nothing changed.
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
	_, alert, _ := strings.Cut(got.body, `role="alert">`)
	alert, _, _ = strings.Cut(strings.ReplaceAll(alert, "<p><a class", "<form"), "<form")
	w.messages[fmt.Sprintf("%d %s: %s", got.status, action, strings.TrimSpace(text(alert)))] = true
}

var (
	tags   = regexp.MustCompile(`<[^>]*>`)
	spaces = regexp.MustCompile(`\s+`)
)

// texts returns the text of the main part of a page.
func texts(page string) string {
	_, page, _ = strings.Cut(page, `<main id="main" tabindex="-1">`)
	return text(page)
}

// text returns the text of HTML.
func text(html string) string {
	html = tags.ReplaceAllString(html, "")
	html = strings.NewReplacer("&#34;", `"`, "&#39;", "'", "&#43;", "+", "&lt;", "<", "&gt;", ">", "&amp;", "&").Replace(html)
	return spaces.ReplaceAllString(html, " ")
}

// says fails unless a page has the status and contains the texts.
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
		"The 20,000 participants so far can still convert", "Current verdict:", "This can be undone.")
	w.refused(sound, "winner", nil, 422, "Choose an alternative.")
	w.refused(sound, "winner", url.Values{"alternative": {"green"}}, 422, "there is no alternative “green”")
	w.do(sound, "winner", url.Values{"alternative": {"blue"}})
	if got := w.record(sound).Winner; got != "blue" {
		t.Errorf("the winner is %q", got)
	}
	w.says(doPath(sound, "reset-winner"), 200, "“blue” is no longer served to everyone.")
	w.do(sound, "reset-winner", nil)
	if got := w.record(sound).Winner; got != "" {
		t.Errorf("the winner is %q", got)
	}
	w.refused(sound, "reset-winner", nil, 409, "The experiment has no winner.")
}

func TestWinnerWithSampleRatioMismatch(t *testing.T) {
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

// TestAcknowledge acknowledges a sample-ratio mismatch, undoes that, and asks for it again where there is none.
func TestAcknowledge(t *testing.T) {
	w := newWorld(t)
	page := "/experiments/" + url.PathEscape(broken) + "/"
	w.says(page, http.StatusOK, "Do not trust this test.", "Acknowledge mismatch")
	w.says(doPath(broken, "acknowledge"), http.StatusOK, "only the shares of later participants are checked", "This can be undone.")
	w.do(broken, "acknowledge", nil)
	w.says(page, http.StatusOK, "A sample-ratio mismatch was acknowledged on 20 March 2026", "sample-ratio mismatch acknowledged")
	w.refused(broken, "acknowledge", nil, http.StatusConflict, "There is no sample-ratio mismatch to acknowledge.")
	log, err := w.Changes(t.Context(), broken, 1)
	w.must(err)
	w.must(w.Undo(t.Context(), broken, log[0].ID))
	w.says(page, http.StatusOK, "On 20 March 2026, the split was 59/41 where 50/50 was set", "Acknowledge mismatch")
	w.refused(sound, "acknowledge", nil, http.StatusConflict, "There is no sample-ratio mismatch to acknowledge.")
}

// TestSuggestion switches to the KPI that has the data with the button of the page, which keeps the rest of the plan.
func TestSuggestion(t *testing.T) {
	i := sample(sound, 10, arm{"red", 1000, 50}, arm{"blue", 1000, 60})
	i.Record.KPIs, i.Record.Plan.Effect = []string{"purchse", ""}, 0.1
	i.Record.Measures = map[string]store.Measure{"purchse": store.MeasureRate, "": store.MeasureRate}
	s := filled(t, i)
	w := worldOf(t, s)
	page := "/experiments/" + url.PathEscape(sound) + "/"
	w.says(page, http.StatusOK, "is judged by “purchse”, which has 0 conversions. 1,100 conversions came for the default KPI.", "Judge by the conversion rate of the default KPI")
	w.do(sound, "plan", url.Values{"switch": {"yes"}, "kpi": {""}, "measure": {"rate"}})
	if p := w.record(sound).Plan; p != (store.Plan{Measure: store.MeasureRate, Effect: 0.1}) {
		t.Errorf("the plan is %+v", p)
	}
	w.says(page, http.StatusOK, "KPI", "default (primary)")
}

func TestStates(t *testing.T) {
	w := newWorld(t)
	is := func(paused, archived, purged bool) {
		t.Helper()
		if r := w.record(sound); r.Paused != paused || r.Archived != archived || r.Purged != purged {
			t.Errorf("paused %t, archived %t, purged %t", r.Paused, r.Archived, r.Purged)
		}
	}
	w.refused(sound, "resume", nil, 409, "The experiment is not paused.")
	w.refused(sound, "unarchive", nil, 409, "The experiment is not archived.")
	w.refused(sound, "purge", nil, 409, "The experiment is not archived")
	w.says(doPath(sound, "pause"), 200, "Everyone gets the control, “red”, and nothing is counted, until you resume the experiment.", "The 20,000 participants so far then get their alternatives back.")
	w.do(sound, "pause", nil)
	is(true, false, false)
	w.refused(sound, "pause", nil, 409, "The experiment is already paused.")
	w.do(sound, "resume", nil)
	is(false, false, false)
	w.says(doPath(sound, "archive"), 200, "Its 20,000 participants and 1,100 conversions remain visible under Archived.")
	w.do(sound, "archive", nil)
	is(false, true, false)
	for action, says := range map[string]string{
		"archive": "The experiment is already archived.", "pause": "The experiment is archived", "winner": "The experiment is archived",
		"override": "The experiment is archived", "plan": "The experiment is archived",
	} {
		w.refused(sound, action, url.Values{"alternative": {"blue"}, "traffic": {"5"}}, 409, says)
	}
	w.do(sound, "unarchive", nil)
	is(false, false, false)
	w.do(sound, "archive", nil)
	w.says(doPath(sound, "purge"), 200, "which alternative each of the 20,000 participants had", "This cannot be undone.")
	w.do(sound, "purge", nil)
	is(false, true, true)
	w.refused(sound, "purge", nil, 409, "already purged")
	w.refused(sound, "unarchive", nil, 409, "The client data was purged")
	w.says(doPath(sound, "reset"), 200, "The experiment is no longer archived.")
	w.do(sound, "reset", nil)
	is(false, false, false)
}

func TestReset(t *testing.T) {
	w := newWorld(t)
	w.must(w.SetWinner(t.Context(), sound, "blue"))
	w.says(doPath(sound, "reset"), 200, "Deletes all 20,000 participants and 1,100 conversions and starts counting from zero. "+
		"Visitors are reassigned and may see a different alternative.", "The winner is removed; “blue” is no longer served to everyone.", "This cannot be undone.")
	w.do(sound, "reset", nil)
	counts, err := w.Counts(t.Context(), sound)
	w.must(err)
	if counts.Alternatives[0].Participants() != 0 || counts.Record.Winner != "" {
		t.Errorf("%+v", counts)
	}
	w.says("/experiments/"+url.PathEscape(sound)+"/?done=reset", 200, "Experiment restarted; all counts are zero.", "20,000 participants, 1,100 conversions")
}

func TestDelete(t *testing.T) {
	w := newWorld(t)
	w.says(doPath(broken, "delete"), 200, "Delete experiment: "+broken, "Deletes the experiment with all 17,000 participants and 1,100 conversions")
	w.refused(broken, "delete", nil, 422, "The name doesn’t match.")
	w.refused(broken, "delete", url.Values{"name": {"Broken/split"}}, 422, "The name doesn’t match.")
	got := w.post(doPath(broken, "delete"), url.Values{"name": {" " + broken + " "}})
	if got.status != 303 || got.location != "/?deleted="+url.QueryEscape(broken) {
		t.Fatalf("%d, leads to %q", got.status, got.location)
	}
	w.says(got.location, 200, broken+" deleted.")
	w.says(doPath(broken, "pause"), 404, "There is no such experiment.")
	if got := w.get(t, "/?deleted="+url.QueryEscape(sound)); strings.Contains(got.body, " deleted.") {
		t.Error("confirms the deletion of an experiment that exists")
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
		{nil, "All fields are empty."},
		{url.Values{"traffic": {"a lot"}}, "“a lot” is not a number"},
		{url.Values{"traffic": {"0"}}, "Enter a number above 0 and at most 100."},
		{url.Values{"traffic": {"100.1"}}, "Enter a number above 0 and at most 100."},
		{url.Values{"traffic": {"NaN"}}, "“NaN” is not a number"},
		{url.Values{"weight-0": {"1"}}, "Enter a weight for each alternative"},
		{url.Values{"weight-0": {"0"}, "weight-1": {"0"}}, "At least one weight must be above 0."},
		{url.Values{"weight-0": {"-1"}, "weight-1": {"2"}}, "Enter a number of 0 or more."},
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
	w.refused(sound, "clear-override", nil, 409, "There are no overrides.")
	w.do(sound, "override", url.Values{"traffic": {"12.5 %"}, "weight-0": {"3"}, "weight-1": {"1"}, "algorithm": {"random"}})
	o := w.record(sound).Override
	if o.Traffic != 0.125 || !slices.Equal(o.Weights, []float64{0.75, 0.25}) || o.Algorithm != "random" {
		t.Errorf("%+v", o)
	}
	w.says("/experiments/"+url.PathEscape(sound)+"/?done=override", 200, "traffic 12.5%; weights red 75%, blue 25%; algorithm random")
	w.says(doPath(sound, "clear-override"), 200, "Removes these overrides: traffic 12.5%; weights red 75%, blue 25%; algorithm random.",
		"The settings in your code apply again: traffic 100%, equal weights.")
	w.do(sound, "clear-override", nil)
	if o := w.record(sound).Override; o.Traffic != 0 || o.Weights != nil || o.Algorithm != "" {
		t.Errorf("%+v", o)
	}
	w.says("/experiments/"+url.PathEscape(sound)+"/?done=clear-override", 200, "Overrides removed. The settings in your code apply again.")
}

func TestPlan(t *testing.T) {
	w := newWorld(t)
	for _, c := range []struct {
		form url.Values
		says string
	}{
		{url.Values{"effect": {"x"}}, "“x” is not a number"},
		{url.Values{"power": {"100"}}, "Enter a number above 0 and at most 99.99."},
		{url.Values{"alpha": {"51"}}, "Enter a number above 0 and at most 50."},
		{url.Values{"baseline": {"-1"}}, "Enter a number above 0"},
		{url.Values{"size": {"10.5"}}, "Enter a whole number."},
		{url.Values{"kpi": {"a b"}}, "Invalid kpi name"},
		{url.Values{"analysis": {"twice"}}, `the analysis "twice" is neither`},
		{url.Values{"analysis": {"fixed"}}, "Enter the number of participants after which you will look at the results."},
	} {
		w.refused(sound, "plan", c.form, 422, c.says)
	}
	w.refused(sound, "plan", url.Values{"analysis": {"fixed"}, "size": {"1000"}}, 409, "must be planned before the first participant")
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
		{"steps", "", "Enter at least one step."},
		{"steps", "1, few", "“few” is not a number"},
		{"steps", "1, 1", "Each step must be above the previous one."},
		{"steps", "50, 101", "Each step must be above 0 and at most 100."},
		{"steps", "NaN", "Each step must be above 0 and at most 100."},
		{"hold", "", "Enter how many hours each step lasts."},
		{"hold", "0", "Enter a number above 0"},
		{"falls", "a b", "Invalid kpi name"},
		{"rises", "sale", "is a guardrail twice"},
		{"rises", "default", "is a guardrail twice"},
		{"kpi-", "stay", "Choose one of the options."},
	} {
		w.refused(sound, "ramp", form(c.field, c.value), 422, c.says)
	}
	for _, action := range []string{"pause-ramp", "resume-ramp", "stop-ramp"} {
		w.refused(sound, action, nil, 409, "No ramp is running or paused.")
	}
	if got := w.get(t, page); strings.Contains(got.body, "ramp-title") || !strings.Contains(got.body, "Start traffic ramp") {
		t.Error("the page of an experiment without a ramp has one, or does not offer one")
	}
	w.says(doPath(sound, "ramp"), 200, "Sets the traffic, now 100%, to the first step at once", "Existing participants keep their alternative at every step.", "KPI default")
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
	w.says(page+"?done=ramp", 200, "Ramp started.", "Traffic1% set by ramp",
		"Running: 1% of visitors since 20 March 2026, 15:00 UTC. Rises to 5% with the first visitor after 21 March 2026, 15:00 UTC.",
		"The ramp stops by itself if there is a sample-ratio mismatch, or if an alternative makes a KPI significantly worse: "+
			"the default KPI falls, or “sale” falls, or “error” rises. There are no conversions yet by “sale” and by “error”.",
		"Started ramp", "ramp running, step 1 of 4")
	if undos.MatchString(w.get(t, page).body) {
		t.Error("the ramp can be undone")
	}
	w.refused(sound, "ramp", form(), 409, "A ramp is already running or paused. Stop it first.")
	w.refused(sound, "clear-override", nil, 409, "A ramp sets the traffic.")
	if body := w.get(t, doPath(sound, "override")).body; strings.Contains(body, `name="traffic"`) || strings.Contains(body, "clear-override") {
		t.Error("the traffic can be overridden in spite of the ramp")
	}
	w.do(sound, "override", url.Values{"weight-0": {"3"}, "weight-1": {"1"}})
	w.refused(sound, "resume-ramp", nil, 409, "The ramp is not paused.")
	for _, closing := range []string{"pause", "archive", "winner"} {
		w.says(doPath(sound, closing), 200, "The ramp waits at 1% until the experiment runs again.")
	}
	w.says(doPath(sound, "reset"), 200, "The ramp stays at its present step, and its time there starts over.")
	w.do(sound, "pause-ramp", nil)
	w.says(page, 200, "Paused at 1% of visitors", "stays at this step for another 24 hours", "Resume ramp")
	w.refused(sound, "pause-ramp", nil, 409, "The ramp is already paused.")
	w.says(doPath(sound, "resume-ramp"), 200, "stays at 1% for another 24 hours, then rises to the next step.")
	w.do(sound, "resume-ramp", nil)
	w.must(w.Pause(t.Context(), sound))
	w.says(page, 200, "Waiting at 1% of visitors", "because the experiment does not run. When it runs again, the traffic rises to 5% after 24 hours.")
	w.says(doPath(sound, "resume"), 200, "The ramp continues at its present step.")
	w.must(w.Resume(t.Context(), sound))
	w.says(doPath(sound, "stop-ramp"), 200, "The traffic stays at 1%. You can then set it yourself or start another ramp.")
	w.do(sound, "stop-ramp", nil)
	w.says(page, 200, "Stopped at 1% of visitors.", "Traffic1% overridden", "Start traffic ramp")
	w.must(w.SetWinner(t.Context(), sound, "blue"))
	w.refused(sound, "ramp", form(), 409, "Everyone gets the winner, “blue”")
}

// TestRampOfKPIs offers the known KPIs, and tests the sentence about the traffic that
// the ramp overrides.
func TestRampOfKPIs(t *testing.T) {
	i := valued(sample(sound, 10, arm{"19", 1000, 100}, arm{"24", 1000, 130}))
	i.Record.Traffic, i.Record.Plan.KPI = 0.3, "revenue"
	w := worldOf(t, filled(t, i))
	w.says(doPath(sound, "ramp"), 200, "KPI default", "KPI revenue", "must not rise", "The ramp overrides the traffic of 30% that is set in your code.")
	w.do(sound, "ramp", url.Values{"steps": {"50 100"}, "hold": {"0.5"}, "kpi-": {"rise"}, "kpi-revenue": {"fall"}})
	r := w.record(sound)
	if want := []store.Guardrail{{RiseIsBad: true}, {KPI: "revenue"}}; !slices.Equal(r.Ramp.Guardrails, want) || r.Ramp.Hold != 30*time.Minute {
		t.Errorf("the ramp is %+v, want the guardrails %+v", r.Ramp, want)
	}
	w.says("/experiments/"+url.PathEscape(sound)+"/", 200, "Traffic50% set by ramp", "the default KPI rises, or “revenue” falls. The ramp overrides the traffic of 30%")
}

// TestRampOfItself tests steps that a ramp takes without an operator.
func TestRampOfItself(t *testing.T) {
	for of, want := range map[string][]string{
		sound: {
			"Done: 100% of visitors since 22 March 2026, 15:00 UTC.", "Raised traffic to the next step", "sixpack",
			"ramp running, step 2 of 3", "ramp done, step 3 of 3",
		},
		broken: {
			"Stopped automatically at 50% of visitors: there is a sample-ratio mismatch. The traffic was not lowered",
			"Stopped ramp", "ramp stopped, step 1 of 3: there is a sample-ratio mismatch",
		},
	} {
		s, now := new(memory.Store), present
		i := sample(of, 10, arm{"red", 1000, 50}, arm{"blue", map[string]int64{sound: 1000, broken: 700}[of], 60})
		if _, err := s.Import(t.Context(), i); err != nil {
			t.Fatal(err)
		}
		clock := func() time.Time { return now }
		engine := sixpack.New(s, sixpack.Config{Now: clock})
		w := world{engine, browse(t, dashboard.New(engine, dashboard.Options{Now: clock, Log: slog.New(slog.DiscardHandler)})), t, nil}
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
			t.Errorf("%s: the page warns: %t", of, warns)
		}
	}
}

var undos = regexp.MustCompile(`name="change" value="(\d+)"`)

func TestUndo(t *testing.T) {
	w := newWorld(t)
	page := "/experiments/" + url.PathEscape(sound) + "/"
	undo := page + "undo"
	w.do(sound, "pause", nil)
	w.says(page+"?done=pause", 200, "Experiment paused. Undo", "Change history", "Paused experiment")
	if body := texts(w.get(t, page+"?done=archive").body); strings.Contains(body, "Experiment archived.") {
		t.Error("confirms an action that was not carried out")
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
	w.says(page+"?done=undo", 200, "Undone.", "Undid: Paused experiment")
	for id, status := range map[string]int{change[1]: 409, "12": 404, "": 400, "x": 400} {
		if got := w.post(undo, url.Values{"change": {id}}); got.status != status {
			t.Errorf("undo of %q: %d, want %d", id, got.status, status)
		}
	}
	if got := w.post("/experiments/nope/undo", form()); got.status != 404 {
		t.Errorf("undo of an unknown experiment: %d", got.status)
	}
}

// TestUndoNeedsConfirmation removes a winner that needed confirmation. Undo does not
// restore it without confirmation.
func TestUndoNeedsConfirmation(t *testing.T) {
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

// TestUndoable tests which changes can be undone.
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
