package cli

import (
	"encoding/json"
	"fmt"
	"math"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/internal/samplesize"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// planOf runs plan and parses its JSON.
func planOf(t *testing.T, args ...string) (p samplesize.Plan) {
	t.Helper()
	unmarshal(t, mustCall(t, append([]string{"plan", "--json"}, args...)...), &p)
	return p
}

func unmarshal(t *testing.T, text string, to any) {
	t.Helper()
	if err := json.Unmarshal([]byte(text), to); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
}

// TestPlanReference compares with R and other references.
func TestPlanReference(t *testing.T) {
	for _, c := range []struct {
		args          string
		fixed, always stats.Number // participants of the control; 0 is not compared
	}{
		{"--baseline 5% --effect 15% --alpha 1%", 21119, 0},
		{"--baseline 50% --effect 2% --power 95%", 64965, 0},
		{"--baseline 1% --effect 20%", 42693, 0},
		{"--baseline 0.7 --effect 30% --alpha 1%", 82, 0},
		{"--baseline 5% --effect 10% --split 2:1", 46568, 0},
		{"--baseline 2% --effect 20% --split 90:10", 102426, 0},
		{"--baseline 20% --effect 20% --split 1:2", 1273, 0},
		{"--baseline 20% --effect 15% --alpha 2% --alternatives 3", 4379, 0}, // 1 % for each of two
		{"--baseline 0.005 --effect 100% --alpha 1% --power 90% --split 1:2", 0, 10421},
		{"--baseline 0.5% --effect 100%", 0, 10443},
		{"--baseline 50% --effect 5%", 0, 13834},
		{"--baseline 1% --effect 20% --split 4:1", 0, 251927},
		{"--baseline 3% --effect 20%", 0, 31144},
		{"--mean 10 --sd 15 --effect 15%", 1950, 0},
		{"--mean 1 --sd 1 --effect 2%", 40434, 0},
	} {
		p := planOf(t, strings.Fields(c.args)...)
		if got := p.Fixed.Participants[0]; c.fixed != 0 && got != c.fixed {
			t.Errorf("sixpack plan %s: one look at %v, want %v", c.args, got, c.fixed)
		}
		if got := p.AlwaysValid.Participants[0]; c.always != 0 && got != c.always {
			t.Errorf("sixpack plan %s: at any time %v, want %v", c.args, got, c.always)
		}
		if !(p.Fixed.Total < p.OnAverage.Total && p.OnAverage.Total < p.AlwaysValid.Total) || p.Fixed.Days.Known() {
			t.Errorf("sixpack plan %s: %+v", c.args, p)
		}
	}
}

// TestSmallestEffect compares with mpmath, and with plan itself.
func TestSmallestEffect(t *testing.T) {
	for args, want := range map[string]float64{
		"--baseline 10% --days 1 --per-day 7082":   0.20865154851418977,
		"--baseline 30% --days 2 --per-day 241337": 0.012341132175503366,
		"--baseline 60% --days 4 --per-day 12210":  0.02064578041953169,
		"--baseline 1% --days 10 --per-day 5860.6": 0.24376884854328007,
	} {
		var f samplesize.Detectable
		unmarshal(t, mustCall(t, append([]string{"plan", "--json"}, strings.Fields(args)...)...), &f)
		if math.Abs(float64(f.Fixed)-want) > 1e-6*want {
			t.Errorf("sixpack plan %s finds %v in one look, want %v", args, f.Fixed, want)
		}
		baseline := strings.Fields(args)[1]
		p := planOf(t, "--baseline", baseline, "--effect", fmt.Sprint(float64(f.AlwaysValid)))
		if difference := float64(p.AlwaysValid.Total) - f.Participants; difference < -2 || difference > 2 {
			t.Errorf("sixpack plan %s finds %v, for which it takes %v of %v", args, f.AlwaysValid, p.AlwaysValid.Total, f.Participants)
		}
	}
	text := mustCall(t, "plan", "--baseline=5%", "--days=14", "--per-day=2000")
	if !strings.Contains(text, "In 14 days at 2,000 per day, 28,000 participants take part.") || !strings.Contains(text, "looking at any time       +23% (to 6.146%)\n") ||
		!strings.Contains(text, "a single look at the end  +15% (to 5.755%)\n") {
		t.Errorf("it says\n%s", text)
	}
	if text := mustCall(t, "plan", "--baseline=5%", "--days=1", "--per-day=2"); strings.Count(text, "none: too few participants\n") != 2 {
		t.Errorf("of two participants:\n%s", text)
	}
}

func TestPlanText(t *testing.T) {
	const want = `To detect a lift of 10% (5.5% instead of 5%) with a power of 80% and false alarms in at
most 5% of tests:

PARTICIPANTS                      A       B       TOTAL    DAYS
looking at any time, at most      68,901  68,901  137,802  69
  typically, if the lift is real  36,544  36,544  73,088   37
a single look, at exactly         31,234  31,234  62,468   32

LIFT  ANY TIME, AT MOST  DAYS  TYPICALLY  DAYS  SINGLE LOOK  DAYS
5%    541,208            271   285,770    143   244,248      123
10%   137,802            69    73,088     37    62,468       32
20%   36,496             19    19,090     10    16,316       9

If you look at any time, the test ends as soon as there is a verdict: typically with the
second number, at the latest with the first. A single look gives no result before its size
is reached, and none after. The days assume 2,000 participants per day. Run for whole
weeks, because weekdays differ.

Next, set the plan where your Go code declares the experiment:

  Plan: store.Plan{Effect: 0.1, Baseline: 0.05, Size: 137802}

or, once the experiment exists, with this command:

  sixpack plan EXPERIMENT --set --baseline 5% --effect 10% --size 137802
`
	if got := mustCall(t, "plan", "--baseline=5%", "--effect=10%", "--per-day=2000"); got != want {
		t.Errorf("it says\n%s\nwant\n%s", got, want)
	}
	strict := mustCall(t, "plan", "--baseline=5%", "--alpha=1%", "--power=90%")
	if !strings.Contains(strict, "Plan: store.Plan{Effect: 0.05, Baseline: 0.05, Power: 0.9, Alpha: 0.01, Size: ") ||
		!strings.Contains(strict, "--set --alpha 1% --power 90% --baseline 5% --effect 5% --size ") {
		t.Errorf("of other chances it says\n%s", strict)
	}
	lower := mustCall(t, "plan", "--baseline=90%", "--effect=20%")
	if !strings.HasPrefix(lower, "To detect a lift of −20% (72% instead of 90%)") || !strings.Contains(lower, "\n10% ") || !strings.Contains(lower, "\n−40% ") {
		t.Errorf("of what cannot rise it says\n%s", lower)
	}
	if text := mustCall(t, "plan", "--baseline=80%", "--effect=60%"); !strings.Contains(text, "\n−120%  – ") {
		t.Errorf("of what cannot be it says\n%s", text)
	}
}

// TestPlanOfExperiment checks that the plan of an experiment agrees with its analysis.
func TestPlanOfExperiment(t *testing.T) {
	folder := t.TempDir()
	mustCall(t, "seed", "--data-dir", folder, "--clients=2000", "--seed=7")
	for _, c := range []struct{ name, kpi string }{{"signup-button", ""}, {"checkout-steps", "purchase"}} {
		args := []string{c.name, "--kpi", c.kpi, "--data-dir", folder}
		r, p := analyzed(t, args...), planOf(t, args...)
		if math.Abs(float64(p.AlwaysValid.Total/r.Outlook.Size-1)) > 1e-3 || p.PerDay != r.Outlook.PerDay || p.Measure != r.Measure {
			t.Errorf("%s: the plan is %+v, the outlook %+v", c.name, p, r.Outlook)
		}
		if days := math.Ceil(float64(p.AlwaysValid.Total / p.PerDay)); p.AlwaysValid.Days != stats.Number(days) {
			t.Errorf("%s: %v days, want %v", c.name, p.AlwaysValid.Days, days)
		}
	}
	p := planOf(t, "signup-button", "--baseline=20%", "--effect=15%", "--alpha=2%", "--per-day=1000", "--data-dir", folder)
	if p.Fixed.Participants[0] != 4379 || len(p.Fixed.Participants) != 3 || p.Fixed.Days != 14 {
		t.Errorf("with what is said: %+v", p)
	}
	text := mustCall(t, "plan", "signup-button", "--effect=12%", "--power=90%", "--from", folder)
	line := text[strings.LastIndex(strings.TrimSpace(text), "\n")+1:]
	if !strings.HasPrefix(line, "  sixpack plan signup-button --from "+folder+" --set --power 90% --effect 12% --size ") {
		t.Errorf("it ends with %q", line)
	}
	said := mustCall(t, strings.Fields(line)[1:]...)
	if !strings.HasPrefix(said, "signup-button: by the default KPI, an effect of 12% with a power of 90% and false alarms in at most 5% of tests, looking at any time, with ") {
		t.Errorf("what it tells to do says %q", said)
	}
}

// TestSetPlan writes plans to stores; a server's is in TestAnalyzeServed.
func TestSetPlan(t *testing.T) {
	redis := redistest.Test(t)
	for name, address := range map[string]string{"bolt": filepath.Join(t.TempDir(), "data"), "redis": redisAt(redis, t.Name())} {
		t.Run(name, func(t *testing.T) {
			st := openPlace(t, address)
			x := sixpack.Experiment{Name: "exp", Alternatives: []string{"A", "B"}, Plan: store.Plan{Power: 0.9}}
			off := sixpack.New(st, sixpack.Config{Disabled: true, Now: time.Now}) // it is made, and nobody takes part
			if _, err := off.Participate(t.Context(), x, "anna"); err != nil {
				t.Fatal(err)
			}
			closeStore(t, st)
			set := func(args ...string) string {
				t.Helper()
				return mustCall(t, append([]string{"plan", "exp", "--set", "--from", address}, args...)...)
			}
			set("--fixed", "--size=1000", "--kpi=purchase", "--effect=20%", "--baseline=4%")
			want := store.Plan{KPI: "purchase", Effect: 0.2, Baseline: 0.04, Power: 0.9, Size: 1000, Analysis: store.AnalysisFixed}
			if got := records(t, address)[0].Plan; got != want {
				t.Errorf("the plan is %+v, want %+v", got, want)
			}
			text := set("--fixed=false", "--size=0", "--effect=0", "--kpi=")
			if text != "exp: by the default KPI, an effect of 5% with a power of 90% and false alarms in at most 5% of tests, from a rate of 4%, looking at any time.\n" {
				t.Errorf("it says %q", text)
			}
			if got, want := records(t, address)[0].Plan, (store.Plan{Baseline: 0.04, Power: 0.9}); got != want {
				t.Errorf("taken back, the plan is %+v, want %+v", got, want)
			}
			if _, _, err := call(t, nil, "plan", "exp", "--set", "--alpha=90%", "--from", address); err == nil ||
				err.Error() != "invalid plan: the alpha 0.9 is not between 0 and 0.5" {
				t.Errorf("of a bad alpha: %v", err)
			}
		})
	}
}
