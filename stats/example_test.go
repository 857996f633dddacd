package stats_test

import (
	"fmt"
	"math"

	"github.com/sixpack-go/sixpack/stats"
)

// Look as often as you like: whenever P is at most alpha, the challenger differs.
func ExampleAlwaysValid() {
	control := stats.Proportion{Participants: 10_000, Converted: 500}
	challenger := stats.Proportion{Participants: 10_000, Converted: 640}

	c, _ := stats.AlwaysValid(control, challenger, 0.05)
	fmt.Printf("lift %+.1f%%, from %+.1f%% to %+.1f%%, P %.4f\n", 100*c.Lift, 100*c.LiftIn.Lo, 100*c.LiftIn.Hi, c.P)
	// Output: lift +28.0%, from +5.6% to +55.4%, P 0.0017
}

// A size was fixed in advance, it is reached, and this is the only look.
func ExampleFixed() {
	control := stats.Proportion{Participants: 10_000, Converted: 500}
	challenger := stats.Proportion{Participants: 10_000, Converted: 570}

	c := stats.Fixed(control, challenger, 0.95)
	fmt.Printf("difference %+.2f points, from %+.2f to %+.2f, P %.3f\n",
		100*c.Difference, 100*c.DifferenceIn.Lo, 100*c.DifferenceIn.Hi, c.P)
	// Output: difference +0.70 points, from +0.08 to +1.32, P 0.028
}

func ExampleWilson() {
	c := stats.Proportion{Participants: 1000, Converted: 50}

	i := stats.Wilson(c, 0.95)
	fmt.Printf("%.1f%% (%.1f%% to %.1f%%)\n", 100*c.Rate(), 100*i.Lo, 100*i.Hi)
	// Output: 5.0% (3.8% to 6.5%)
}

func ExampleBest() {
	arms := []stats.Proportion{{10_000, 500}, {10_000, 560}, {10_000, 540}}

	chances, losses := stats.Best(arms, stats.Uniform)
	for i := range arms {
		fmt.Printf("%c: best with a probability of %.1f%%, expected loss %.2f points\n", 'A'+i, 100*chances[i], 100*losses[i])
	}
	// Output:
	// A: best with a probability of 1.3%, expected loss 0.65 points
	// B: best with a probability of 72.4%, expected loss 0.05 points
	// C: best with a probability of 26.3%, expected loss 0.25 points
}

// Blue had a tenth of the visitors, and half of them from the day of a sale, which
// made everybody buy. Together that is 4.8% of red and 7.2% of blue.
func ExampleStandardized() {
	strata := []stats.Stratum{
		{Arms: []stats.Proportion{{9000, 270}, {1000, 30}}, Weights: []float64{9, 1}},
		{Arms: []stats.Proportion{{5000, 400}, {5000, 400}}, Weights: []float64{1, 1}},
	}

	fmt.Printf("%.3f\n", stats.Standardized(strata))
	// Output: [0.055 0.055]
}

// The split was 50/50, but redirects lost some visitors of one page.
func ExampleCheckSampleRatio() {
	split := stats.Split{Participants: []int64{50_900, 49_100}, Weights: []float64{1, 1}}

	r := stats.CheckSampleRatio([]stats.Split{split}, stats.Concentration)
	fmt.Printf("P %.1g, mismatch: %t\n", r.P, r.Mismatch())
	// Output: P 1e-06, mismatch: true
}

// How many participants does it take to detect 6% instead of 5%?
func ExampleSampleSizeAlwaysValid() {
	design := stats.Design{Baseline: 0.05, Wanted: 0.06, Alpha: 0.05, Power: 0.8, Ratio: 1}

	fmt.Printf("%.0f participants each, looking at any time\n", math.Ceil(stats.SampleSizeAlwaysValid(design)))
	fmt.Printf("%.0f participants each, in a single look\n", math.Ceil(stats.SampleSize(design)))
	// Output:
	// 18248 participants each, looking at any time
	// 8158 participants each, in a single look
}

// Three challengers were compared with control.
func ExampleHolm() {
	adjusted, step := stats.Holm([]float64{0.004, 0.3, 0.02}, 0.05)
	for i := range adjusted {
		fmt.Printf("P %.3f, interval at %.2f%%\n", adjusted[i], 100*(1-step[i]))
	}
	// Output:
	// P 0.012, interval at 98.33%
	// P 0.300, interval at 95.00%
	// P 0.040, interval at 97.50%
}

func ExampleLegacyOf() {
	control := stats.Proportion{Participants: 1000, Converted: 50}
	alternative := stats.Proportion{Participants: 1000, Converted: 75}

	l := stats.LegacyOf(control, alternative, false)
	fmt.Printf("%.2f%% ± %.2f, G %.2f: %s\n", l.Rate, l.Interval, l.Statistic, l.Level)
	// Output: 7.50% ± 1.07, G 5.37: 95% Confidence
}

// A question about a whole experiment has one answer.
func ExampleDecide() {
	decision := stats.Decide(stats.Question{
		Strata: []stats.Stratum{{
			Arms:    []stats.Proportion{{Participants: 12060, Converted: 603}, {Participants: 11940, Converted: 740}},
			Weights: []float64{1, 1}, // the shares that were set, so that the sample ratio is checked
		}},
		Alpha: 0.05, MinEffect: 0.2,
	})
	fmt.Println(decision.State, decision.Leader, decision.Arms[1].Standing)
	// Output:
	// winner 1 better
}
