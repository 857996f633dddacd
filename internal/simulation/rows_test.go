package simulation_test

import (
	"flag"
	"testing"

	"github.com/sixpack-go/sixpack/internal/simulation"
)

// seed makes these tests repeatable.
const seed = 20261

var full = flag.Bool("full", false, "run all simulations, which takes minutes")

// times returns n with -full, and 1 otherwise. It skips the test with -short and under the race
// detector: CI and make simulations run it without.
func times(t *testing.T, n int) int {
	t.Helper()
	switch {
	case *full:
		return n
	case testing.Short(), underRace:
		t.Skip("simulates")
	}
	return 1
}

// The methods that watch all tests of equal alternatives.
const (
	always = iota
	always99
	always999
	zTest
	zTestDaily
	best
	fixed
	stratified // where weights change
)

func watchers(changing bool) []simulation.Method {
	all := []simulation.Method{
		always:     simulation.AlwaysValid(0.05),
		always99:   simulation.AlwaysValid(0.01),
		always999:  simulation.AlwaysValid(0.001),
		zTest:      simulation.ZTest(0.05),
		zTestDaily: simulation.ZTest(0.05).At(simulation.EveryDay),
		best:       simulation.Best(0.95),
		fixed:      simulation.Fixed(0.05),
	}
	if changing {
		all = append(all, simulation.Stratified(0.05))
	}
	return all
}

// days is the number of days on which visitors come, and of daily looks.
const days = 20

func split(visitors int, rate float64, weights ...float64) simulation.Scenario {
	return simulation.Scenario{
		Days: simulation.Even(visitors, days), Rates: simulation.Constant(rate, rate), Weights: weights, Open: simulation.Draw{}.Open,
	}
}

// row is a kind of test of two equal alternatives.
type row struct {
	name string
	runs int
	simulation.Scenario

	changing bool // the weights change
	misled   bool // pooled counts are misleading, because shares and rates move together
}

var rows = []row{
	{name: "5%, 50:50, 40,000", runs: 50, Scenario: split(40_000, 0.05)},
	{name: "5%, 90:10, 40,000", runs: 50, Scenario: split(40_000, 0.05, 90, 10)},
	{name: "5%, 98:2, 40,000", runs: 50, Scenario: split(40_000, 0.05, 98, 2)},
	{name: "50%, 50:50, 10,000", runs: 200, Scenario: split(10_000, 0.5)},
	{name: "0.5%, 90:10, 100,000", runs: 20, Scenario: split(100_000, 0.005, 90, 10)},
	// One wave over the whole test.
	{name: "5% ± 80%, 40,000", runs: 50, Scenario: simulation.Scenario{
		Days: simulation.Even(40_000, days), Rates: simulation.Swinging(0.8, days, 0.05, 0.05), Open: simulation.Draw{}.Open,
	}},
	// The mean delay is a tenth of the test.
	{name: "5%, delayed, 40,000", runs: 50, Scenario: simulation.Scenario{
		Days: simulation.Even(40_000, days), Rates: simulation.Constant(0.05, 0.05), Delay: simulation.Exponential(2),
		Open: simulation.Draw{}.Open,
	}},
	{name: "5%, 10 to 50 to 90%, 40,000", runs: 50, changing: true, Scenario: simulation.Scenario{
		Days: simulation.Even(40_000, days), Rates: simulation.Constant(0.05, 0.05), Weights: []float64{90, 10},
		Open: simulation.Draw{Changes: []simulation.Change{
			{Day: days / 3., Weights: []float64{50, 50}},
			{Day: 2 * days / 3., Weights: []float64{10, 90}},
		}}.Open,
	}},
	{name: "5%, Thompson, 20,000", runs: 50, changing: true, Scenario: simulation.Scenario{
		Days: simulation.Even(20_000, days), Rates: simulation.Constant(0.05, 0.05),
		Open: simulation.Draw{Rule: simulation.Thompson(0.1), Every: 200}.Open,
	}},
	{name: "5% ± 80%, Thompson, 20,000", runs: 50, changing: true, misled: true, Scenario: simulation.Scenario{
		Days: simulation.Even(20_000, days), Rates: simulation.Swinging(0.8, days, 0.05, 0.05),
		Open: simulation.Draw{Rule: simulation.Thompson(0.1), Every: 200}.Open,
	}},
}

// TestFalseAlarms looks after every visitor at tests of equal alternatives. At most
// 5 of 100 tests may end with a false alarm, as the method promises. Of the tests in
// which a z-test is read at any time, 30 of 100 must, or this test proves nothing.
// Only with -full are there enough runs to judge each row by itself.
func TestFalseAlarms(t *testing.T) {
	all, alarms := 0, [3]int{}
	for i, r := range rows {
		runs := r.runs * times(t, 8)
		outcomes, err := simulation.Runs(t.Context(), r.Scenario, watchers(r.changing), runs, seed+uint64(i), nil)
		if err != nil || len(outcomes) != runs {
			t.Fatalf("%s: %d runs: %v", r.name, len(outcomes), err)
		}
		seen := make([]int, stratified+1)
		for i := range watchers(r.changing) {
			seen[i] = runsSeeing(outcomes, i)
		}
		percent := func(method int) float64 { return 100 * float64(seen[method]) / float64(runs) }
		t.Logf("%-28s %4d runs: always valid %.1f%% (.01: %.2f%%, .001: %.2f%%), stratified %.1f%%, z-test %.1f%%, daily %.1f%%, best %.1f%%, fixed %.1f%%",
			r.name, runs, percent(always), percent(always99), percent(always999), percent(stratified),
			percent(zTest), percent(zTestDaily), percent(best), percent(fixed))
		if percent(zTest) < 30 || percent(best) < 40 {
			t.Errorf("%s: the z-test alarms in %.1f%%, the chance to be best in %.1f%%: the methods do not look", r.name, percent(zTest), percent(best))
		}
		if percent(stratified) > 5 {
			t.Errorf("%s: the stratified test alarms in %.1f%%", r.name, percent(stratified))
		}
		if r.misled {
			if percent(always) <= 5 {
				t.Errorf("%s: pooled counts alarm in %.1f%% only: strata make no difference here", r.name, percent(always))
			}
			continue
		}
		if *full && percent(always) > 5 {
			t.Errorf("%s: alarms in %.1f%%", r.name, percent(always))
		}
		all += runs
		alarms[always] += seen[always]
		alarms[always99] += seen[always99]
		alarms[always999] += seen[always999]
	}
	t.Logf("of %d runs %v alarm at .05, .01 and .001", all, alarms)
	if 20*alarms[always] > all || 100*alarms[always99] > all || *full && 1000*alarms[always999] > all {
		t.Errorf("of %d runs %v alarm at .05, .01 and .001", all, alarms)
	}
}

// TestTimeToDecision checks how many visitors it takes on average to detect a lift.
func TestTimeToDecision(t *testing.T) {
	for _, c := range []struct {
		lift float64
		runs int
		want float64
	}{{0.1, 60, 76_000}, {0.2, 150, 20_600}, {0.5, 500, 3790}} {
		s := simulation.Scenario{Days: simulation.Even(int(20*c.want), days), Rates: simulation.Constant(0.05, 0.05*(1+c.lift)), Open: simulation.Draw{}.Open}
		runs := c.runs * times(t, 4)
		outcomes, err := simulation.Runs(t.Context(), s, []simulation.Method{simulation.AlwaysValid(0.05)}, runs, seed, nil)
		if err != nil || runsSeeing(outcomes, 0) != runs {
			t.Fatalf("+%g: %d of %d runs decide: %v", c.lift, runsSeeing(outcomes, 0), runs, err)
		}
		got := mean(simulation.After(outcomes, 0))
		t.Logf("+%.0f%%: %.0f visitors on average of %d runs", 100*c.lift, got, runs)
		if got < 0.9*c.want || got > 1.1*c.want {
			t.Errorf("+%.0f%%: decided after %.0f visitors, want about %.0f", 100*c.lift, got, c.want)
		}
	}
}

// TestSampleRatio looks for a sample-ratio mismatch after every visitor.
func TestSampleRatio(t *testing.T) {
	method := []simulation.Method{simulation.SampleRatio()}
	healthy := 2000 * times(t, 5)
	outcomes, err := simulation.Runs(t.Context(), split(4000, 0), method, healthy, seed, nil)
	if err != nil {
		t.Fatal(err)
	}
	n := runsSeeing(outcomes, 0)
	t.Logf("%d of %d healthy splits have a mismatch", n, healthy)
	if 1000*n > healthy {
		t.Errorf("%d of %d healthy splits have a mismatch", n, healthy)
	}

	const want = 10_700
	broken := simulation.Scenario{Days: simulation.Even(20*want, days), Rates: simulation.Constant(0, 0), Open: lopsided(0.52)}
	runs := 100 * times(t, 4)
	outcomes, err = simulation.Runs(t.Context(), broken, method, runs, seed, nil)
	if err != nil || runsSeeing(outcomes, 0) != runs {
		t.Fatalf("%d of %d mismatches are found: %v", runsSeeing(outcomes, 0), runs, err)
	}
	got := mean(simulation.After(outcomes, 0))
	t.Logf("52/48 is found after %.0f visitors on average of %d runs", got, runs)
	if got < 0.9*want || got > 1.1*want {
		t.Errorf("52/48 is found after %.0f visitors, want about %d", got, want)
	}
}

// runsSeeing returns the number of runs in which a method saw something.
func runsSeeing(outcomes []simulation.Outcome, method int) int {
	return len(simulation.After(outcomes, method))
}

// mean returns the mean number of visitors, NaN if there are none.
func mean(visitors []int) float64 {
	sum := 0.0
	for _, n := range visitors {
		sum += float64(n)
	}
	return sum / float64(len(visitors))
}
