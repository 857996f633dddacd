package cli

import (
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// forbidden are words that promise more than a test can show.
var forbidden = regexp.MustCompile(`(?i)signifi|confiden`)

// mustCall runs a command that must succeed, and checks its words.
func mustCall(t *testing.T, args ...string) (stdout string) {
	t.Helper()
	stdout, _, err := call(t, nil, args...)
	if err != nil {
		t.Fatalf("sixpack %s: %v", strings.Join(args, " "), err)
	}
	if word := forbidden.FindString(stdout); word != "" && !slices.Contains(args, "--json") {
		t.Errorf("sixpack %s says %q:\n%s", strings.Join(args, " "), word, stdout)
	}
	return stdout
}

const better = `B is better than A.
Up between 16% and 69%; the estimate is 40%. You can end the test.

ALTERNATIVE  CONVERTED      RATE                   LIFT (ESTIMATE)      P         BETTER   BEST
A            500 of 10,000  5.00% (4.59 to 5.44%)  control              –         –        < 0.1%
B            700 of 10,000  7.0% (6.5 to 7.5%)     +16% to +69% (+40%)  < 0.0001  > 99.9%  > 99.9%

Probability of being best: B, over 99.9%. Expected loss if you choose B: less than 0.001
percentage points. When a test has just been decided, its estimate tends to be too high:
plan with the lower end.
No sample-ratio mismatch: participants came in the shares that were set, 50/50 (p = 1).
The verdict, p values and intervals of lifts are valid however often you look: at most 5%
of tests raise a false alarm. Probabilities and the 95% interval of each rate describe the
data; they decide nothing.
`

func TestAnalyzeCounts(t *testing.T) {
	for _, args := range [][]string{
		{"500/10000", "700/10000"}, {"A=500/10000", "B=700/10000"}, {"A=500/10000", "700/10000", "--weights=1:1"},
	} {
		if got := mustCall(t, append([]string{"analyze"}, args...)...); got != better {
			t.Errorf("sixpack analyze %s:\n%s\nwant:\n%s", strings.Join(args, " "), got, better)
		}
	}
}

// TestAnalyzeVerdicts has an example of each verdict.
func TestAnalyzeVerdicts(t *testing.T) {
	for _, c := range []struct {
		args string
		want []string // in this order
	}{
		{"old=700/10000 new=500/10000", []string{"Keep “old”.\n“new” is worse: down between 14% and 41%; the estimate is 29%.\n", "old  ", "control", "new  ", "−41% to −14% (−29%)"}},
		{"500/10000 505/10000 --days 5", []string{
			"Keep running.\nThe true effect of B could be anywhere from ", "the estimate is +1%. Typically\nabout 67 more days, at most 131, to detect a 5% lift at the current traffic.", "This test has run for less than one full week.\n",
			"needed to detect a 5% lift with a power of 80%;\ntypically about 285,770 suffice.", " per day, ",
		}},
		{"500/10000 505/10000 --days 7 --size 30000", []string{"Keep running.", "20,000 of 30,000 planned participants. At most 10,000 more needed; at 2,858 per day, at\nmost 4 days.\n"}},
		{"500/10000 505/10000 --size 20000", []string{"Planned size reached without a decision.\nIf there is a difference, it is between "}},
		{"500/10000 560/10000 --size 20000 --fixed", []string{"Planned size reached without a decision.", "This is the single look at the planned 20,000 participants"}},
		{"500/10000 570/10000 --size 20000 --fixed", []string{"B is better than A.\n", "This is the single look at the planned 20,000 participants"}},
		{"500/10000 570/10000 --size 40000 --fixed", []string{
			"Keep running.\nThis test is evaluated once, at 40,000 participants; 20,000 so far.\n", "20,000 of 40,000 planned participants. 20,000 more needed.\n",
		}},
		{"50000/1000000 50100/1000000", []string{"No practical difference.\nB is within ±5% of A"}},
		{"500/10000 700/9000", []string{
			"Do not trust this test.\nThe split is 53/47", "B            700 of 9,000   7.8% (7.2 to 8.3%)     –                –  –       –\n",
			"This assumes equal shares. If others were set, give them with --weights, such as 90:10.\n",
		}},
		{"500/10000 700/9000 --weights 10:9", []string{"B is better than A.", "the shares that were set, 52.63/47.37\n(p = 1)"}},
		{"0/100 20/100", []string{"B is better than A.\nUp more than 220%.", "0.0% (0.0 to 3.7%)", "more than +220%"}},
		{"0/100 0/0", []string{"No participants yet in B.\n", "B            0 of 0     –                   –                –  –       –\n"}},
		{"500/10000 700/10000 C=0/0", []string{"B is better than A.\nUp between 16% and 69%;", "C            0 of 0"}},
		{"500/10000 700/10000 C=490/10000", []string{"B is better than A.", "That holds for the 2 comparisons together."}},
	} {
		rest := mustCall(t, append([]string{"analyze"}, strings.Fields(c.args)...)...)
		all := rest
		for _, want := range c.want {
			_, after, ok := strings.Cut(rest, want)
			if !ok {
				t.Errorf("sixpack analyze %s does not say %q:\n%s", c.args, want, all)
				break
			}
			rest = after
		}
		for line := range strings.Lines(all) {
			if n := len([]rune(line)); n > 101 {
				t.Errorf("sixpack analyze %s has a line of %d: %s", c.args, n, line)
			}
		}
	}
}

// TestAnalyzeJSON checks that the JSON is exactly the report.
func TestAnalyzeJSON(t *testing.T) {
	r := store.Record{
		Version: 1, Alternatives: []string{"A", "B"}, Traffic: 1, KPIs: []string{""}, Epoch: store.Epoch{Number: 1},
		Plan: store.Plan{Alpha: 0.01, Effect: 0.2},
	}
	counts := store.NewCounts(r, []store.Epoch{r.Epoch})
	for i, c := range [][2]int64{{10_000, 500}, {10_000, 700}} {
		a := &counts.Alternatives[i]
		a.AddDay(0, c[0])
		a.AddCohort(1, 0, c[0])
		a.KPIs[0].AddDay(0, c[1], c[1])
		a.KPIs[0].AddCohort(store.CohortConversions{Epoch: 1, Day: 0, Sums: store.Sums{Converted: c[1]}})
	}
	var want bytes.Buffer
	if err := report.JSON(&want, analysis.New(counts, "", time.Now())); err != nil {
		t.Fatal(err)
	}
	if got := mustCall(t, "analyze", "500/10000", "700/10000", "--json", "--alpha=1%", "--effect=20%"); got != want.String() {
		t.Errorf("got\n%s\nwant\n%s", got, &want)
	}
}

// analyzed runs analyze and parses its JSON.
func analyzed(t *testing.T, args ...string) (r analysis.Report) {
	t.Helper()
	text := mustCall(t, append([]string{"analyze", "--json"}, args...)...)
	if err := json.Unmarshal([]byte(text), &r); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	return r
}

// TestAnalyzeDays checks the outlook by --days.
func TestAnalyzeDays(t *testing.T) {
	for days, want := range map[string]stats.Number{"1": 20_000, "2": 10_000, "6": 20_000.0 / 6, "30": 20_000.0 / 30} {
		o := analyzed(t, "500/10000", "520/10000", "--days", days).Outlook
		if fmt.Sprint(o.SoFar) != days || o.PerDay < want-1 || o.PerDay > want+1 || !(o.Days > 0) {
			t.Errorf("after %s days: %+v, want about %v a day", days, o, want)
		}
	}
}

// TestAnalyzeImpossible checks the exit status for impossible counts.
func TestAnalyzeImpossible(t *testing.T) {
	for _, more := range [][]string{nil, {"--json"}} {
		stdout, _, err := call(t, nil, append([]string{"analyze", "5/10", "11/10"}, more...)...)
		if err == nil || err.Error() != "the counts are impossible: check where they come from" || exitStatus(err, new(bytes.Buffer)) != 1 {
			t.Errorf("%v: %v", more, err)
		}
		if !strings.Contains(stdout, "B has more conversions than participants.") {
			t.Errorf("%v: it says\n%s", more, stdout)
		}
	}
}

// TestAnalyzeStores analyzes all experiments of each kind of store.
func TestAnalyzeStores(t *testing.T) {
	redis := redistest.Test(t)
	for name, address := range map[string]string{"bolt": filepath.Join(t.TempDir(), "data"), "redis": redisAt(redis, t.Name())} {
		t.Run(name, func(t *testing.T) {
			act(t, address, 1)
			st := openPlace(t, address)
			all, err := st.Counts(t.Context())
			closeStore(t, st)
			if err != nil || len(all) == 0 {
				t.Fatal(err)
			}
			list := mustCall(t, "analyze", "--from", address)
			for _, counts := range all {
				if !strings.Contains(list, "\n"+counts.Record.Name+" ") {
					t.Errorf("%s is not in\n%s", counts.Record.Name, list)
				}
				for _, kpi := range append(counts.Record.KPIs, counts.Record.PrimaryKPI()) {
					got := analyzed(t, counts.Record.Name, "--from", address, "--kpi", kpi)
					sameNumbers(t, got, analysis.New(counts, kpi, time.Now()))
					if text := mustCall(t, "analyze", counts.Record.Name, "--from", address, "--kpi", kpi); !strings.HasPrefix(text, got.Verdict.Headline+"\n") {
						t.Errorf("it does not begin with %q:\n%s", got.Verdict.Headline, text)
					}
				}
			}
		})
	}
}

// sameNumbers compares reports except for what changes with the clock.
func sameNumbers(t *testing.T, got, want analysis.Report) {
	t.Helper()
	got.Outlook, want.Outlook = analysis.Outlook{}, analysis.Outlook{}
	got.Verdict.Words, want.Verdict.Words = analysis.Words{}, analysis.Words{}
	var texts [2]bytes.Buffer
	for i, r := range []analysis.Report{got, want} {
		if err := report.JSON(&texts[i], r); err != nil {
			t.Fatal(err)
		}
	}
	if texts[0].String() != texts[1].String() {
		t.Errorf("%s by %q:\n%s\nwant\n%s", want.Experiment, want.KPI, &texts[0], &texts[1])
	}
}

// TestAnalyzeServed analyzes experiments of a running server, and sets a plan there.
func TestAnalyzeServed(t *testing.T) {
	folder := t.TempDir()
	act(t, folder, 1)
	st := openPlace(t, folder)
	all, err := st.Counts(t.Context())
	closeStore(t, st)
	if err != nil {
		t.Fatal(err)
	}
	name := all[0].Record.Name
	s := startServer(t, folder)
	for _, address := range []string{"--data-dir=" + folder, "--from=" + folder, "--from=" + filepath.Join(folder, config.DataFileName)} {
		sameNumbers(t, analyzed(t, name, address), analysis.New(all[0], all[0].Record.PrimaryKPI(), time.Now()))
	}
	served, err := datastore.CountsAt(t.Context(), &loaded(t, nil).Config, folder)
	if err != nil {
		t.Fatal(err)
	}
	if got, want := asJSON(t, served), asJSON(t, all); got != want {
		t.Errorf("the server says\n%s\nwant\n%s", got, want)
	}
	if list := mustCall(t, "analyze", "--data-dir", folder); !strings.HasSuffix(list, "sixpack analyze "+quote(name)+" --data-dir="+folder+"\n") {
		t.Errorf("the list is\n%s", list)
	}
	if _, _, err := call(t, nil, "analyze", "nothing-like-it-at-all", "--data-dir", folder); err == nil || !strings.Contains(err.Error(), "there is no experiment") {
		t.Errorf("of no experiment: %v", err)
	}

	open := all[slices.IndexFunc(all, func(c store.Counts) bool { return !c.Record.Archived })].Record
	mustCall(t, "plan", open.Name, "--set", "--effect=20%", "--alpha=1%", "--data-dir", folder)
	_, _, err = call(t, nil, "plan", open.Name, "--set", "--fixed", "--size=10", "--data-dir", folder)
	if err == nil || !strings.Contains(err.Error(), "must be planned before the first participant. Restart the experiment first.") {
		t.Errorf("a plan for one look, too late: %v", err)
	}
	s.stop(t)
	if p := analyzed(t, open.Name, "--data-dir", folder).Plan; p.Effect != 0.2 || p.Alpha != 0.01 || p.KPI != open.Plan.KPI {
		t.Errorf("the plan is %+v", p)
	}
}

func asJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestAnalyzeByOtherRules checks that flags override the plan for one analysis.
func TestAnalyzeByOtherRules(t *testing.T) {
	folder := t.TempDir()
	mustCall(t, "seed", "--data-dir", folder, "--clients=500", "--seed=7")
	mustCall(t, "plan", "signup-button", "--set", "--effect=12%", "--data-dir", folder)
	text := mustCall(t, "analyze", "signup-button", "--alpha=1%", "--power=90%", "--data-dir", folder)
	if !strings.Contains(strings.ReplaceAll(text, "\n", " "), "For this analysis only, --alpha, --power overrides the plan of the experiment.") {
		t.Errorf("it says\n%s", text)
	}
	r := analyzed(t, "signup-button", "--alpha=1%", "--data-dir", folder)
	if r.Plan.Alpha != 0.01 || r.Plan.Effect != 0.12 || !r.Primary {
		t.Errorf("%+v", r.Plan)
	}
	if r := analyzed(t, "signup-button", "--data-dir", folder); r.Plan.Alpha != 0.05 {
		t.Errorf("afterwards %+v", r.Plan)
	}
	mustCall(t, "plan", "checkout-steps", "--set", "--kpi=refund", "--data-dir", folder)
	text = mustCall(t, "analyze", "checkout-steps", "--kpi=purchase", "--data-dir", folder)
	if !strings.Contains(text, "TOTAL") || !strings.Contains(text, "MEAN") ||
		!strings.Contains(text, "“purchase” is exploratory: the more KPIs you check, the more will look good by chance.") || !strings.Contains(text, "“refund”") {
		t.Errorf("it says\n%s", text)
	}
	if _, _, err := call(t, nil, "analyze", "checkout-steps", "--kpi=purchse", "--data-dir", folder); err == nil ||
		!strings.HasPrefix(err.Error(), `"checkout-steps" has no KPI "purchse": there `) {
		t.Errorf("of no KPI: %v", err)
	}
}
