package stats_test

import (
	"fmt"

	"github.com/sixpack-go/sixpack/stats"
)

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
