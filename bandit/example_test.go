package bandit_test

import (
	"context"
	"fmt"
	"slices"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/bandit"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store/memory"
)

// boldly gives three of four participants to the alternative that did best so far.
type boldly struct{}

func (boldly) Weights(arms []bandit.Arm) []float64 {
	if arms[0].Proportion.Participants == 0 {
		return nil // nothing is known yet: keep the declared shares
	}
	best := 0
	for i, a := range arms {
		if a.Proportion.Rate() > arms[best].Proportion.Rate() {
			best = i
		}
	}
	weights := slices.Repeat([]float64{1}, len(arms))
	weights[best] = 3 * float64(len(arms)-1)
	return weights
}

// An algorithm of your own is one method. In this example all participants who get blue
// convert at once, so the engine need not wait for a day.
func ExampleAlgorithm() {
	ctx := context.Background()
	engine := sixpack.New(new(memory.Store), sixpack.Config{
		Algorithm:  "boldly",
		Algorithms: map[string]bandit.Algorithm{"boldly": boldly{}},
		Bandit:     sixpack.BanditSchedule{Window: -1, Interval: -1},
	})
	button := sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}
	for i := range 1000 {
		client := fmt.Sprint("client-", i)
		if a, _ := engine.Participate(ctx, button, client); a.Alternative == "blue" {
			_, _ = engine.Convert(ctx, "button-color", client)
		}
	}
	r, _ := engine.Counts(ctx, "button-color")
	fmt.Println(r.Record.Epoch.Weights, r.Alternatives[0].Participants(), r.Alternatives[1].Participants())
	// Output: [0.25 0.75] 364 636
}

// The rates are 5% and 6.2%, so the second alternative is better with a probability of
// 88%. A tenth of the participants is shared equally.
func ExampleThompson() {
	arms := []bandit.Arm{
		{Proportion: stats.Proportion{Participants: 1000, Converted: 50}},
		{Proportion: stats.Proportion{Participants: 1000, Converted: 62}},
	}
	fmt.Printf("%.3f\n", bandit.Thompson{}.Weights(arms))
	// Output: [0.160 0.840]
}
