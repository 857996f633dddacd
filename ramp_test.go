package sixpack_test

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
	"github.com/sixpack-go/sixpack/store/memory"
)

const day = 24 * time.Hour

var fourSteps = store.RampPlan{Steps: []float64{0.1, 0.25, 0.5, 1}, Hold: day}

// ramping is an experiment named button with ramps. Time passes as in [synctest.Test].
type ramping struct {
	*sixpack.Engine

	t    *testing.T
	came int // visitors so far
}

func newRamping(t *testing.T) *ramping {
	t.Helper()
	r := &ramping{sixpack.New(new(memory.Store), sixpack.Config{}), t, 0}
	r.visit(1)
	return r
}

// visit makes n new visitors take part.
func (r *ramping) visit(n int) {
	r.t.Helper()
	for range n {
		participate(r.t, r.Engine, button, fmt.Sprint("visitor-", r.came))
		r.came++
	}
}

func (r *ramping) begin(p store.RampPlan) {
	r.t.Helper()
	check(r.t, r.StartRamp(r.t.Context(), "button", p))
}

// after lets time pass and then sends visitors, the first of whom takes a step that is due.
func (r *ramping) after(d time.Duration) {
	r.t.Helper()
	time.Sleep(d)
	r.visit(100)
}

func (r *ramping) ramp() store.Ramp {
	r.t.Helper()
	return countsOf(r.t, r.Engine, "button").Record.Ramp
}

// is fails unless the ramp has the state, and the traffic in effect is the given one.
func (r *ramping) is(state store.RampState, traffic float64) {
	r.t.Helper()
	record := countsOf(r.t, r.Engine, "button").Record
	if ramp := record.Ramp; ramp.State != state || ramp.Steps[ramp.Step] != traffic || record.Override.Traffic != traffic {
		r.t.Errorf("at %v the traffic is %v with the ramp %+v, want %s at %v", time.Now(), record.Override.Traffic, ramp, state, traffic)
	}
}

// actions returns the actions in the log and their actors, the oldest first.
func (r *ramping) actions() string {
	r.t.Helper()
	var all []string
	for _, c := range changes(r.t, r.Engine) {
		all = append(all, strings.TrimSuffix(string(c.Action)+" "+c.By, " "))
	}
	slices.Reverse(all)
	return strings.Join(all, ", ")
}

func TestRampSteps(t *testing.T) { synctest.Test(t, rampSteps) }

func rampSteps(t *testing.T) {
	t.Helper()
	r := newRamping(t)
	r.begin(fourSteps)
	r.is(store.RampRunning, 0.1)
	r.after(day - 1)
	r.is(store.RampRunning, 0.1)
	r.after(1)
	r.is(store.RampRunning, 0.25)
	r.after(day - 1)
	r.is(store.RampRunning, 0.25)
	r.after(day) // nearly a day late: the next step is held in full
	r.is(store.RampRunning, 0.5)
	if next, want := r.ramp().Next, time.Now().Add(day); !next.Equal(want) {
		t.Errorf("the last step is due at %v, want %v", next, want)
	}
	r.after(day)
	r.is(store.RampDone, 1)
	r.after(7 * day)
	r.is(store.RampDone, 1)
	if got, want := r.actions(), "ramp, ramp-step sixpack, ramp-step sixpack, ramp-step sixpack"; got != want {
		t.Errorf("the log is %s, want %s", got, want)
	}
	r.begin(fourSteps) // another one, in place of that which is done
	r.is(store.RampRunning, 0.1)
}

// TestRampSetsTraffic checks that the traffic of each step admits clients.
func TestRampSetsTraffic(t *testing.T) { synctest.Test(t, rampSetsTraffic) }

func rampSetsTraffic(t *testing.T) {
	t.Helper()
	r := newRamping(t)
	r.begin(fourSteps)
	const clients = 2000
	for _, want := range fourSteps.Steps {
		in := 0
		for i := range clients {
			if a := participate(t, r.Engine, button, fmt.Sprint("client-", i), sixpack.Prefetch()); a.Reason != sixpack.ReasonExcluded {
				in++
			}
		}
		if got := float64(in) / clients; got < want-0.03 || got > want+0.03 {
			t.Errorf("%v of the clients are admitted, want %v", got, want)
		}
		r.visit(30)
		r.after(day)
	}
}

func TestRampPauses(t *testing.T) { synctest.Test(t, rampPauses) }

func rampPauses(t *testing.T) {
	t.Helper()
	r := newRamping(t)
	ctx := t.Context()
	r.begin(fourSteps)
	r.after(day / 4)
	check(t, r.PauseRamp(ctx, "button"))
	r.after(7 * day)
	r.is(store.RampPaused, 0.1)
	if err := r.PauseRamp(ctx, "button"); !errors.Is(err, sixpack.ErrConflict) {
		t.Errorf("a paused ramp is paused: %v", err)
	}
	check(t, r.ResumeRamp(ctx, "button"))
	r.after(day*3/4 - 1)
	r.is(store.RampRunning, 0.1)
	r.after(1)
	r.is(store.RampRunning, 0.25)
	check(t, r.StopRamp(ctx, "button"))
	r.after(7 * day)
	r.is(store.RampStopped, 0.25)
	if ramp := r.ramp(); ramp.Reason != "" || ramp.Left != 0 || !ramp.Next.IsZero() {
		t.Errorf("an operator stopped it: %+v", ramp)
	}
	if got, want := r.actions(), "ramp, pause-ramp, resume-ramp, ramp-step sixpack, stop-ramp"; got != want {
		t.Errorf("the log is %s, want %s", got, want)
	}
}

// TestRampWaits checks that a ramp takes no step while the experiment does not run, and does not
// count that time.
func TestRampWaits(t *testing.T) {
	for name, closing := range map[string][2]func(*sixpack.Engine, context.Context) error{
		"paused": {
			func(e *sixpack.Engine, ctx context.Context) error { return e.Pause(ctx, "button") },
			func(e *sixpack.Engine, ctx context.Context) error { return e.Resume(ctx, "button") },
		},
		"archived": {
			func(e *sixpack.Engine, ctx context.Context) error { return e.Archive(ctx, "button") },
			func(e *sixpack.Engine, ctx context.Context) error { return e.Unarchive(ctx, "button") },
		},
		"won": {
			func(e *sixpack.Engine, ctx context.Context) error { return e.SetWinner(ctx, "button", "blue") },
			func(e *sixpack.Engine, ctx context.Context) error { return e.ResetWinner(ctx, "button") },
		},
		"undone": {
			func(e *sixpack.Engine, ctx context.Context) error { return e.Pause(ctx, "button") },
			func(e *sixpack.Engine, ctx context.Context) error {
				log, err := e.Changes(ctx, "button", 1)
				return errors.Join(err, e.Undo(ctx, "button", log[0].ID))
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRamping(t)
				r.begin(fourSteps)
				r.after(day / 4)
				check(t, closing[0](r.Engine, t.Context()))
				r.after(7 * day)
				r.is(store.RampRunning, 0.1)
				check(t, closing[1](r.Engine, t.Context()))
				r.after(day*3/4 - 1)
				r.is(store.RampRunning, 0.1)
				r.after(1)
				r.is(store.RampRunning, 0.25)
			})
		})
	}
}

// TestRampOfPaused checks that the time of the first step starts when the experiment is resumed.
func TestRampOfPaused(t *testing.T) { synctest.Test(t, rampOfPaused) }

func rampOfPaused(t *testing.T) {
	t.Helper()
	r := newRamping(t)
	check(t, r.Pause(t.Context(), "button"))
	r.begin(fourSteps)
	r.after(7 * day)
	check(t, r.Resume(t.Context(), "button"))
	r.after(day - 1)
	r.is(store.RampRunning, 0.1)
	r.after(1)
	r.is(store.RampRunning, 0.25)
}

// TestRampNeedsVisitors visits an experiment after a week without visitors: a step without
// participants is repeated, and a step that was held is followed by one step only.
func TestRampNeedsVisitors(t *testing.T) { synctest.Test(t, rampNeedsVisitors) }

func rampNeedsVisitors(t *testing.T) {
	t.Helper()
	r := newRamping(t)
	r.begin(fourSteps)
	r.after(7 * day)
	r.is(store.RampRunning, 0.1)
	if ramp := r.ramp(); ramp.Reason != "there were no participants" || !ramp.Next.Equal(time.Now().Add(day)) {
		t.Errorf("the step is repeated: %+v", ramp)
	}
	r.after(7 * day)
	r.is(store.RampRunning, 0.25)
	if ramp := r.ramp(); ramp.Reason != "" {
		t.Errorf("it goes on: %+v", ramp)
	}
	r.after(day - 1)
	r.is(store.RampRunning, 0.25)
	r.after(1)
	r.is(store.RampRunning, 0.5)
	if got, want := r.actions(), "ramp, ramp-step sixpack, ramp-step sixpack"; got != want {
		t.Errorf("the log is %s, want %s", got, want)
	}
}

// TestRampLosesNobody raises the traffic for clients that return at each step, to two engines in
// turn.
func TestRampLosesNobody(t *testing.T) {
	steps := []float64{0.01, 0.05, 0.1, 0.25, 0.5, 1}
	for name, open := range openStores {
		t.Run(name, func(t *testing.T) {
			const clients = 300
			one, another := open(t)
			c := &clock{start}
			engines := [2]*sixpack.Engine{sixpack.New(one, sixpack.Config{Now: c.Now}), sixpack.New(another, sixpack.Config{Now: c.Now})}
			x := sixpack.Experiment{Name: "button", Alternatives: button.Alternatives, Weights: []float64{3, 1}, Traffic: 0.001}
			participate(t, engines[0], x, "first")
			check(t, engines[0].StartRamp(t.Context(), "button", store.RampPlan{Steps: steps, Hold: day}))
			has := make(map[int]string)
			for step, traffic := range steps {
				let := 0
				for i := range clients {
					a := participate(t, engines[i%2], x, fmt.Sprint("client-", i))
					if had, ok := has[i]; ok && (a.Alternative != had || a.Reason != sixpack.ReasonExisting || !a.Participating) {
						t.Fatalf("at step %d client %d has %+v, and had %s", step, i, a, had)
					}
					if a.Participating {
						has[i] = a.Alternative
						let++
					}
				}
				r := countsOf(t, engines[0], "button")
				if n := participants(t, engines[0], "button"); let != len(has) || int(n) != let || r.Record.Override.Traffic != traffic {
					t.Errorf("at step %d %d take part, %d are counted, and %d did, with the traffic %v", step, let, n, len(has), r.Record.Override.Traffic)
				}
				c.now = c.now.Add(day)
				participate(t, engines[0], x, "first")
			}
			if len(has) != clients {
				t.Errorf("%d take part in the end, want all %d", len(has), clients)
			}
		})
	}
}

var lastOfMay = time.Date(2026, 5, 31, 12, 0, 0, 0, time.UTC)

// counting returns a ramp of an experiment named exp with two alternatives, or a third one without
// weight, and the given counts by KPI, after a visitor has come when its first step was due.
func counting(t *testing.T, third bool, participants [2]int64, converted map[string][2]int64, guardrails ...store.Guardrail) (*sixpack.Engine, store.Record) {
	t.Helper()
	s := new(memory.Store)
	r := store.Record{
		Name: "exp", Version: 1, Alternatives: []string{"A", "B"}, Traffic: 1, KPIs: slices.Sorted(maps.Keys(converted)),
		Created: lastOfMay.AddDate(0, 0, -30), Epoch: store.Epoch{Number: 1, Start: lastOfMay.AddDate(0, 0, -30)},
		Plan: store.Plan{Analysis: store.AnalysisFixed, Size: 1e9}, // which is no reason not to look
	}
	if third {
		r.Alternatives, r.Weights = append(r.Alternatives, "C"), []float64{0.5, 0.5, 0}
		r.Epoch.Weights = r.Weights
	}
	counts := store.NewCounts(r, []store.Epoch{r.Epoch})
	for i := range participants {
		a := &counts.Alternatives[i]
		a.AddDay(store.DayOf(lastOfMay), participants[i])
		a.AddCohort(1, store.DayOf(lastOfMay), participants[i])
		for j, kpi := range r.KPIs {
			k, n := &a.KPIs[j], converted[kpi][i]
			k.AddDay(store.DayOf(lastOfMay), n, n)
			k.AddCohort(store.CohortConversions{Epoch: 1, Day: store.DayOf(lastOfMay), Sums: store.Sums{Converted: n}})
		}
	}
	_, err := s.Import(t.Context(), store.Import{Record: r, Counts: &counts})
	check(t, err)
	time.Sleep(time.Until(lastOfMay))
	e := sixpack.New(s, sixpack.Config{})
	check(t, e.StartRamp(t.Context(), "exp", store.RampPlan{Steps: []float64{0.5, 0.75, 1}, Hold: day, Guardrails: guardrails}))
	exp := sixpack.Experiment{Name: "exp", Alternatives: r.Alternatives, Weights: r.Weights}
	for i := range 20 {
		participate(t, e, exp, fmt.Sprint("client-", i))
	}
	time.Sleep(day)
	participate(t, e, exp, "late")
	return e, countsOf(t, e, "exp").Record
}

// TestRampHolds checks that a ramp repeats a step that its guardrail cannot judge, that it asks
// the operator after three repetitions, and that it then takes the step.
func TestRampHolds(t *testing.T) {
	equal := [2]int64{10000, 10000}
	tolerant := func(kpi string, rise bool) store.Guardrail {
		return store.Guardrail{KPI: kpi, RiseIsBad: rise, Tolerate: 0.1}
	}
	for name, c := range map[string]struct {
		participants [2]int64
		converted    [2]int64
		guardrail    store.Guardrail
		reason       string // empty: it goes on
	}{
		"no conversions":             {equal, [2]int64{0, 0}, store.Guardrail{KPI: "purchase"}, "“purchase” has no conversions of the control yet"},
		"no conversions of an error": {equal, [2]int64{0, 0}, store.Guardrail{KPI: "purchase", RiseIsBad: true}, ""},
		"few conversions":            {equal, [2]int64{5, 5}, store.Guardrail{KPI: "purchase"}, ""},
		"too few to rule out": {
			equal,
			[2]int64{500, 500},
			tolerant("purchase", false),
			"a fall of “purchase” by more than 10% is not ruled out yet: the participants so far detect a fall of 24% or more",
		},
		"a fall that is not ruled out": {
			[2]int64{1e6, 1e6}, [2]int64{50_000, 46_000}, tolerant("purchase", false), "“purchase” fell with B",
		},
		"ruled out":                {[2]int64{1e6, 1e6}, [2]int64{50_000, 50_000}, tolerant("purchase", false), ""},
		"a rise, which is not bad": {[2]int64{1e6, 1e6}, [2]int64{50_000, 60_000}, tolerant("purchase", false), ""},
		"a rise that is not ruled out": {
			equal,
			[2]int64{500, 500},
			tolerant("purchase", true),
			"a rise of “purchase” by more than 10% is not ruled out yet: the participants so far detect a rise of 27% or more",
		},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				_, r := counting(t, false, c.participants, map[string][2]int64{"purchase": c.converted}, c.guardrail)
				if r.Ramp.Reason != c.reason || (r.Ramp.Step == 0) != (c.reason != "") {
					t.Errorf("%+v, want %q", r.Ramp, c.reason)
				}
			})
		})
	}
	synctest.Test(t, func(t *testing.T) {
		e, r := counting(t, false, equal, map[string][2]int64{"purchase": {0, 0}}, store.Guardrail{KPI: "purchase"})
		next := func() {
			time.Sleep(day)
			exp := sixpack.Experiment{Name: "exp", Alternatives: []string{"A", "B"}}
			for i := range 20 {
				participate(t, e, exp, fmt.Sprint(time.Now(), i))
			}
			r = countsOf(t, e, "exp").Record
		}
		for holds := 1; holds <= 3; holds++ {
			if r.Ramp.State != store.RampRunning || r.Ramp.Step != 0 || r.Ramp.Holds != holds {
				t.Errorf("after %d repetitions: %+v", holds, r.Ramp)
			}
			next()
		}
		if r.Ramp.State != store.RampPaused || r.Ramp.Reason == "" || !r.Ramp.Next.IsZero() {
			t.Errorf("it does not ask: %+v", r.Ramp)
		}
		log, err := e.Changes(t.Context(), "exp", 1)
		check(t, err)
		if log[0].Action != store.ActionPauseRamp || log[0].By != "sixpack" {
			t.Errorf("the log says %+v", log[0])
		}
		next()
		if r.Ramp.State != store.RampPaused {
			t.Errorf("it goes on by itself: %+v", r.Ramp)
		}
		check(t, e.ResumeRamp(t.Context(), "exp"))
		next()
		if r.Ramp.State != store.RampRunning || r.Ramp.Step != 1 || r.Ramp.Holds != 0 || r.Ramp.Reason != "" {
			t.Errorf("resumed: %+v", r.Ramp)
		}
	})
}

func TestRampStopsItself(t *testing.T) {
	equal := [2]int64{10000, 10000}
	fall, rise := map[string][2]int64{"": {500, 350}}, map[string][2]int64{"": {500, 700}}
	errs := func(a, b int64) map[string][2]int64 {
		return map[string][2]int64{"": {500, 510}, "error": {a, b}}
	}
	ofError := []store.Guardrail{{}, {KPI: "error", RiseIsBad: true}}
	for name, c := range map[string]struct {
		participants [2]int64
		converted    map[string][2]int64
		guardrails   []store.Guardrail
		reason       string // empty: it goes on
	}{
		"broken ratio":          {[2]int64{10000, 9000}, fall, nil, "there is a sample-ratio mismatch"},
		"broken ratio, guarded": {[2]int64{10000, 9000}, fall, ofError[:1], "there is a sample-ratio mismatch"},
		"fall":                  {equal, fall, ofError[:1], "the default KPI fell with B"},
		"fall, not guarded":     {equal, fall, nil, ""},
		"rise":                  {equal, rise, ofError[:1], ""},
		"small fall":            {equal, map[string][2]int64{"": {500, 480}}, ofError[:1], ""},
		"errors":                {equal, errs(100, 200), ofError, "“error” rose with B"},
		"fewer errors":          {equal, errs(200, 100), ofError, ""},
		"unknown KPI":           {equal, rise, ofError, ""},
	} {
		stops := func(t *testing.T, third bool) {
			t.Helper()
			e, r := counting(t, third, c.participants, c.converted, c.guardrails...)
			log, err := e.Changes(t.Context(), "exp", 1)
			check(t, err)
			state, traffic, action := store.RampRunning, 0.75, store.ActionRampStep
			if c.reason != "" {
				state, traffic, action = store.RampStopped, 0.5, store.ActionStopRamp
			}
			if r.Ramp.State != state || r.Override.Traffic != traffic || r.Ramp.Reason != c.reason {
				t.Errorf("traffic %v, %+v; want it %s, %q", r.Override.Traffic, r.Ramp, state, c.reason)
			}
			if log[0].Action != action || log[0].By != "sixpack" || !strings.Contains(string(log[0].After), string(state)) {
				t.Errorf("the log says %+v", log[0])
			}
		}
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { stops(t, false) })
		})
		t.Run(name+", with an alternative that nobody gets", func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { stops(t, true) })
		})
	}
}

// TestRampSurvives closes and reopens the file in the middle of a ramp.
func TestRampSurvives(t *testing.T) { synctest.Test(t, rampSurvives) }

func rampSurvives(t *testing.T) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sixpack.db")
	came := 0
	run := func(do func(r *ramping)) {
		s, err := bolt.Open(path)
		check(t, err)
		r := &ramping{sixpack.New(s, sixpack.Config{}), t, came}
		do(r)
		came = r.came
		check(t, s.Close())
	}
	run(func(r *ramping) {
		r.visit(1)
		r.begin(fourSteps)
		r.visit(100)
		r.after(day)
		r.is(store.RampRunning, 0.25)
		r.after(day / 2)
	})
	run(func(r *ramping) {
		r.is(store.RampRunning, 0.25)
		r.after(day/2 - 1)
		r.is(store.RampRunning, 0.25)
	})
	time.Sleep(time.Nanosecond)
	run(func(r *ramping) {
		r.visit(100)
		r.is(store.RampRunning, 0.5)
		check(t, r.PauseRamp(t.Context(), "button"))
	})
	run(func(r *ramping) {
		r.after(7 * day)
		check(t, r.ResumeRamp(t.Context(), "button"))
	})
	run(func(r *ramping) {
		r.after(day)
		r.is(store.RampDone, 1)
		if got, want := r.actions(), "ramp, ramp-step sixpack, ramp-step sixpack, pause-ramp, resume-ramp, ramp-step sixpack"; got != want {
			t.Errorf("the log is %s, want %s", got, want)
		}
	})
}

// TestRampStepsOnce has the callers of two engines, with their own connections, find each of
// many steps due at the same time.
func TestRampStepsOnce(t *testing.T) {
	for name, open := range openStores {
		t.Run(name, func(t *testing.T) {
			one, another := open(t)
			stepsOnce(t, one, another)
		})
	}
}

func stepsOnce(t *testing.T, one, another store.Store) {
	t.Helper()
	const steps, callers = 20, 8
	c := &clock{start}
	engines := [2]*sixpack.Engine{sixpack.New(one, sixpack.Config{Now: c.Now}), sixpack.New(another, sixpack.Config{Now: c.Now})}
	plan := store.RampPlan{Hold: day}
	for i := range steps {
		plan.Steps = append(plan.Steps, 0.5+0.5*float64(i)/(steps-1))
	}
	participate(t, engines[0], button, "first")
	check(t, engines[0].StartRamp(t.Context(), "button", plan))
	for step := range steps {
		if r := countsOf(t, engines[0], "button").Record; r.Ramp.Step != step || r.Override.Traffic != plan.Steps[step] {
			t.Fatalf("after %d steps the ramp is %+v", step, r.Ramp)
		}
		for i := range 20 {
			participate(t, engines[i%2], button, fmt.Sprint("visitor-", step, "-", i))
		}
		c.now = c.now.Add(day)
		var group sync.WaitGroup
		for i := range callers {
			group.Go(func() {
				if _, err := engines[i%2].Participate(context.Background(), button, fmt.Sprint("caller-", step, "-", i)); err != nil {
					t.Error(err)
				}
			})
		}
		group.Wait()
	}
	r := &ramping{engines[1], t, 0}
	if got, want := r.actions(), "ramp"+strings.Repeat(", ramp-step sixpack", steps-1); got != want {
		t.Errorf("the log is %s, want %s", got, want)
	}
	r.is(store.RampDone, 1)
}

func TestRampRefused(t *testing.T) {
	plan := func(change func(p *store.RampPlan)) store.RampPlan {
		p := store.RampPlan{Steps: []float64{0.1, 1}, Hold: day}
		change(&p)
		return p
	}
	for name, c := range map[string]struct {
		plan store.RampPlan
		want error
	}{
		"no steps":          {plan(func(p *store.RampPlan) { p.Steps = nil }), invalid("ramp")},
		"too many":          {plan(func(p *store.RampPlan) { p.Steps = make([]float64, 101) }), invalid("ramp")},
		"falls":             {plan(func(p *store.RampPlan) { p.Steps = []float64{0.5, 0.1} }), invalid("ramp")},
		"stays":             {plan(func(p *store.RampPlan) { p.Steps = []float64{0.5, 0.5} }), invalid("ramp")},
		"zero":              {plan(func(p *store.RampPlan) { p.Steps = []float64{0, 1} }), invalid("traffic fraction")},
		"percent":           {plan(func(p *store.RampPlan) { p.Steps = []float64{1, 50} }), invalid("traffic fraction")},
		"no hold":           {plan(func(p *store.RampPlan) { p.Hold = 0 }), invalid("ramp")},
		"guardrail":         {plan(func(p *store.RampPlan) { p.Guardrails = []store.Guardrail{{KPI: "a b"}} }), invalid("kpi name")},
		"tolerance":         {plan(func(p *store.RampPlan) { p.Guardrails = []store.Guardrail{{Tolerate: 1}} }), invalid("ramp")},
		"guardrail, twice":  {plan(func(p *store.RampPlan) { p.Guardrails = []store.Guardrail{{}, {RiseIsBad: true}} }), invalid("ramp")},
		"well, as it seems": {plan(func(*store.RampPlan) {}), nil},
	} {
		e, _ := newEngine(t)
		participate(t, e, button, "anna")
		if err := e.StartRamp(t.Context(), "button", c.plan); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", name, err, c.want)
		}
		if c.want != nil && len(changes(t, e)) > 0 {
			t.Errorf("%s: what was refused is in the log", name)
		}
	}
	r := newRamping(t)
	ctx := t.Context()
	refused := func(what string, err error) {
		t.Helper()
		if !errors.Is(err, sixpack.ErrConflict) {
			t.Errorf("%s: %v, want it refused", what, err)
		}
	}
	refused("pause of none", r.PauseRamp(ctx, "button"))
	refused("resume of none", r.ResumeRamp(ctx, "button"))
	refused("stop of none", r.StopRamp(ctx, "button"))
	check(t, r.Archive(ctx, "button"))
	refused("ramp of an archived experiment", r.StartRamp(ctx, "button", fourSteps))
	check(t, errors.Join(r.Unarchive(ctx, "button"), r.SetWinner(ctx, "button", "red")))
	refused("ramp of one with a winner", r.StartRamp(ctx, "button", fourSteps))
	check(t, r.ResetWinner(ctx, "button"))
	if err := r.StartRamp(ctx, "link", fourSteps); !errors.Is(err, sixpack.ErrUnknown) {
		t.Errorf("a ramp of no experiment: %v", err)
	}
	r.begin(fourSteps)
	refused("a second ramp", r.StartRamp(ctx, "button", fourSteps))
	check(t, r.StopRamp(ctx, "button"))
	refused("pause of a stopped one", r.PauseRamp(ctx, "button"))
}

// TestRampAndOverride checks that only the ramp sets the traffic while it is under way.
func TestRampAndOverride(t *testing.T) { synctest.Test(t, rampAndOverride) }

func rampAndOverride(t *testing.T) {
	t.Helper()
	r := newRamping(t)
	ctx := t.Context()
	check(t, r.Override(ctx, "button", store.Override{Traffic: 0.1}))
	early := changes(t, r.Engine)[0].ID
	r.begin(fourSteps)
	if err := r.Override(ctx, "button", store.Override{Traffic: 0.9}); !errors.Is(err, sixpack.ErrConflict) {
		t.Errorf("another traffic: %v", err)
	}
	if err := r.Undo(ctx, "button", early); !errors.Is(err, sixpack.ErrConflict) {
		t.Errorf("to undo the traffic: %v", err)
	}
	check(t, r.Override(ctx, "button", store.Override{Traffic: 0.1, Weights: []float64{1, 3}}))
	r.is(store.RampRunning, 0.1)
	if e := countsOf(t, r.Engine, "button").Record.Epoch; e.Number != 2 {
		t.Errorf("other weights begin no phase of their own: %+v", e)
	}
	late := changes(t, r.Engine)[0].ID
	check(t, r.Undo(ctx, "button", late))
	r.is(store.RampRunning, 0.1)
	check(t, r.PauseRamp(ctx, "button"))
	check(t, r.Override(ctx, "button", store.Override{}))
	r.is(store.RampPaused, 0.1)
	for _, c := range changes(t, r.Engine) {
		if strings.Contains(string(c.Action), "ramp") {
			if err := r.Undo(ctx, "button", c.ID); !errors.Is(err, sixpack.ErrConflict) {
				t.Errorf("to undo %s: %v", c.Action, err)
			}
		}
	}
	check(t, r.StopRamp(ctx, "button"))
	check(t, r.Override(ctx, "button", store.Override{Traffic: 0.05}))
	if got := countsOf(t, r.Engine, "button").Record; got.Override.Traffic != 0.05 || got.Ramp.State != store.RampStopped {
		t.Errorf("once it is stopped an operator sets the traffic: %+v", got)
	}
}

// TestRampCostsNothing checks that calls do not allocate while no step is due.
func TestRampCostsNothing(t *testing.T) {
	r := newRamping(t)
	r.begin(store.RampPlan{Steps: []float64{0.99, 1}, Hold: day})
	ctx := t.Context()
	n := testing.AllocsPerRun(1000, func() {
		if _, err := r.Participate(ctx, button, "visitor-0"); err != nil {
			t.Fatal(err)
		}
	})
	if n > 0 {
		t.Errorf("%v allocations, want none", n)
	}
}

// TestRampAndReset checks that Reset restarts the time of the present step.
func TestRampAndReset(t *testing.T) { synctest.Test(t, rampAndReset) }

func rampAndReset(t *testing.T) {
	t.Helper()
	r := newRamping(t)
	r.begin(fourSteps)
	r.visit(100)
	r.after(day)
	r.after(day / 2)
	check(t, r.Reset(t.Context(), "button"))
	r.is(store.RampRunning, 0.25)
	r.after(day - 1)
	r.is(store.RampRunning, 0.25)
	r.after(1)
	r.is(store.RampRunning, 0.5)
}

// TestRampOfDisabledEngine checks that a disabled engine takes no steps.
func TestRampOfDisabledEngine(t *testing.T) { synctest.Test(t, rampOfDisabledEngine) }

func rampOfDisabledEngine(t *testing.T) {
	t.Helper()
	s := new(memory.Store)
	r := &ramping{sixpack.New(s, sixpack.Config{}), t, 0}
	r.visit(1)
	r.begin(fourSteps)
	r.visit(100)
	time.Sleep(day)
	participate(t, sixpack.New(s, sixpack.Config{Disabled: true}), button, "anna")
	r.is(store.RampRunning, 0.1)
	r.visit(1)
	r.is(store.RampRunning, 0.25)
}
