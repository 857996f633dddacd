package simulation_test

import (
	"cmp"
	"flag"
	"math"
	"regexp"
	"slices"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/bandit"
	"github.com/sixpack-go/sixpack/internal/reference"
	"github.com/sixpack-go/sixpack/internal/simulation"
	"github.com/sixpack-go/sixpack/stats"
)

// vector is the result of simulating an algorithm outside Go.
type vector struct {
	ID, Set, Algorithm string
	Arms               []float64
	Horizon, Reps      int
	MeanRegret         float64 `json:"mean_regret"`
	MeanRegret1000     float64 `json:"mean_regret_1000"`
	MeanRegret3000     float64 `json:"mean_regret_3000"`
	SDRegret           float64 `json:"sd_regret"`
	SE                 float64 `json:"se"`
	BestShare          float64 `json:"best_share"`
	BestShareSE        float64 `json:"best_share_se"`
}

// With -regret.only, TestRegret runs one round. All references take an hour:
//
//	go test ./internal/simulation -run TestRegret -v -timeout 3h -regret.only . -regret.batch 100
var (
	regretRuns  = flag.Int("regret.runs", 500, "runs of each reference")
	regretBatch = flag.Int64("regret.batch", 50, "participants between updates; 1 is what the references use, and takes long")
	regretUntil = flag.Int("regret.until", 10_000, "participants of each run: 1000, 3000 or 10000")
	regretSeed  = flag.Uint64("regret.seed", seed, "seed of the runs")
	regretOnly  = flag.String("regret.only", "", "regular expression of the IDs of references")
)

// A round compares the references whose IDs match.
type round struct {
	only  *regexp.Regexp
	until int   // participants
	batch int64 // participants
}

// rounds returns the rounds of TestRegret. With -full these are all algorithms on two sets
// during their first participants, from which they learn most, and one algorithm to its
// horizon.
func rounds() []round {
	id := func(text string) *regexp.Regexp { return regexp.MustCompile("^regret-" + text) }
	switch {
	case *regretOnly != "":
		return []round{{regexp.MustCompile(*regretOnly), *regretUntil, *regretBatch}}
	case !*full:
		return []round{{id("E-thompson$"), 1000, 100}}
	default:
		return []round{
			{id("[AE]-(uniform|whiplash.*|thompson(_floor10|_batch.*)?)$"), 1000, 50},
			{id("[AE]-thompson_delay.*$"), 1000, 20}, // as a batch is a delay too
			{id("A-thompson_batch1000$"), 10_000, 1000},
		}
	}
}

// learner returns a trial of the algorithm of a reference, and false if there is none.
func learner(name string, batch int64) (t simulation.Trial, ok bool) {
	const delay = 500
	b := sixpack.BanditSchedule{Window: -1, MinParticipants: -1, Interval: -1, Batch: batch, Growth: -1}
	bare := bandit.Thompson{Floor: -1}
	algorithms := map[string]bandit.Algorithm{
		"uniform":                           bandit.Hash{},
		"whiplash_legacy":                   bandit.WhiplashLegacy{},
		"whiplash_correct":                  bandit.Whiplash{},
		"thompson":                          bare,
		"thompson_floor10":                  bandit.Thompson{},
		"thompson_batch100":                 bare,
		"thompson_batch1000":                bare,
		"thompson_delay500_pending_fail":    bare,
		"thompson_delay500_pending_ignored": bare,
	}
	switch name {
	case "thompson_batch100":
		b.Batch = 100
	case "thompson_batch1000":
		b.Batch = 1000
	case "thompson_delay500_pending_fail":
		t.Delay = delay
	case "thompson_delay500_pending_ignored":
		t.Delay = delay
		b.Window = (delay + 1) * time.Second
	}
	_, ok = algorithms[name]
	t.Config = sixpack.Config{Algorithm: name, Algorithms: algorithms, Bandit: b}
	return t, ok
}

// trials runs a trial n times.
func trials(t *testing.T, n int, seed uint64, trial func(int) simulation.Trial) []simulation.Gain {
	t.Helper()
	all, err := simulation.Trials(t.Context(), n, seed, trial)
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// The order of algorithms, the best first, on the ordered sets.
var (
	order   = []string{"thompson", "whiplash_correct", "whiplash_legacy", "uniform"}
	ordered = []string{"A", "B", "C"}
)

// withOrder adds the algorithms of order that have no reference.
func withOrder(all []vector) []vector {
	for _, set := range ordered {
		for _, algorithm := range order {
			with := func(r vector) bool { return r.Set == set && r.Algorithm == algorithm }
			i := slices.IndexFunc(all, func(r vector) bool { return r.Set == set })
			if i >= 0 && !slices.ContainsFunc(all, with) {
				all = append(all, vector{
					ID: "regret-" + set + "-" + algorithm, Set: set, Algorithm: algorithm, Arms: all[i].Arms, Horizon: all[i].Horizon,
				})
			}
		}
	}
	return all
}

// TestRegret compares the regret of algorithms in an engine with their regret in simulations
// outside Go.
func TestRegret(t *testing.T) {
	times(t, 1)
	all := withOrder(reference.Vectors[vector](t, "bandit_regret.json"))
	for _, tried := range rounds() {
		mean := make(map[string]float64)
		for k, r := range all {
			x, ok := learner(r.Algorithm, tried.batch)
			if !ok || !tried.only.MatchString(r.ID) {
				continue
			}
			x.Rates, x.Participants = simulation.Constant(r.Arms...), tried.until
			gains := trials(t, *regretRuns, *regretSeed+uint64(k), func(int) simulation.Trial { return x })
			mean[r.Set+r.Algorithm] = r.compare(t, gains, tried.until)
		}
		if len(mean) == 0 {
			t.Errorf("no reference matches %v", tried.only)
		}
		inOrder(t, mean)
	}
}

// inOrder checks the order of algorithms by their mean regrets.
func inOrder(t *testing.T, mean map[string]float64) {
	t.Helper()
	for _, set := range ordered {
		last := 0.0
		for _, algorithm := range order {
			if regret, ok := mean[set+algorithm]; ok {
				if regret < last {
					t.Errorf("set %s: %s has less regret than an algorithm that should be better", set, algorithm)
				}
				last = regret
			}
		}
	}
}

// compare compares runs with r, if r is a reference, and returns the mean regret.
func (r *vector) compare(t *testing.T, gains []simulation.Gain, until int) float64 {
	t.Helper()
	runs, squares := float64(len(gains)), 0.0
	regret, best := 0.0, 0.0
	for _, g := range gains {
		regret += g.Regret / runs
		best += g.Best / runs
		squares += g.Regret * g.Regret / runs
	}
	want, known := map[int]float64{1000: r.MeanRegret1000, 3000: r.MeanRegret3000, r.Horizon: r.MeanRegret}[until]
	if r.Reps == 0 || !known {
		t.Logf("%-42s regret %6.2f; share of the best %.4f", r.ID, regret, best)
		return regret
	}
	variance := r.SE*r.SE + r.SDRegret*r.SDRegret/runs
	if until != r.Horizon { // the reference has no deviation of it
		variance = (squares - regret*regret) * (1/runs + 1/float64(r.Reps))
	}
	z, zBest := (regret-want)/math.Sqrt(variance), 0.0
	if until == r.Horizon {
		zBest = (best - r.BestShare) / (r.BestShareSE * math.Sqrt(1+float64(r.Reps)/runs))
	}
	t.Logf("%-42s regret %6.2f, reference %6.2f, z %4.1f; share of the best %.4f, z %4.1f", r.ID, regret, want, z, best, zBest)
	if math.Abs(z) > 4 || math.Abs(zBest) > 4 {
		t.Errorf("%s differs from the reference", r.ID)
	}
	return regret
}

var driftRuns = flag.Int("drift.runs", 0, "runs of TestDrift; 0: 10, or 100 with -full")

// TestDrift lets a bandit choose between equal alternatives while their rate
// rises and falls by 80%. Pooled counts then show a difference. The verdict must not,
// and the sample ratio must not raise a false alarm, whatever the number of epochs.
func TestDrift(t *testing.T) {
	runs := cmp.Or(*driftRuns, 10*times(t, 10))
	const looks, participants = 500, 20_000
	var alarms, pooled, mismatches atomic.Int64
	trial := func(int) simulation.Trial {
		var seen, seenPooled, broken bool
		return simulation.Trial{
			Rates: simulation.Swinging(0.8, days, 0.05, 0.05), Participants: participants,
			Every:  days * 24 * time.Hour / participants,
			Config: sixpack.Config{Algorithm: "thompson", Bandit: sixpack.BanditSchedule{Window: -1, Batch: 200}},
			Watch: func(e *sixpack.Engine, experiment string, n int) error {
				if n%looks != 0 {
					return nil
				}
				all, err := e.Reports(t.Context(), experiment)
				if err != nil {
					return err
				}
				r := all[0]
				once(&broken, r.SampleRatio.Mismatch || !r.SampleRatio.Checked, &mismatches)
				once(&seen, r.Alternatives[1].Standing == stats.StandingBetter || r.Alternatives[1].Standing == stats.StandingWorse, &alarms)
				var arms [2]stats.Proportion
				for i, a := range r.Alternatives {
					arms[i] = stats.Proportion{Participants: a.Participants, Converted: a.Converted}
				}
				c, _ := stats.AlwaysValid(arms[0], arms[1], r.Plan.Alpha)
				once(&seenPooled, c.P <= r.Plan.Alpha, &pooled)
				return nil
			},
		}
	}
	trials(t, runs, seed, trial)
	t.Logf("of %d runs %d alarm, %d by pooled counts; %d have a sample-ratio mismatch", runs, alarms.Load(), pooled.Load(), mismatches.Load())
	if 20*alarms.Load() > int64(runs) || 1000*mismatches.Load() > int64(runs) {
		t.Error("too many false alarms")
	}
	if runs >= 100 && 20*pooled.Load() <= int64(runs) {
		t.Error("pooled counts hardly raise an alarm, so strata make no difference")
	}
}

// once counts the first time that something is seen.
func once(seen *bool, sees bool, count *atomic.Int64) {
	if sees && !*seen {
		*seen = true
		count.Add(1)
	}
}
