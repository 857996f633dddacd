package sixpack_test

import (
	"context"
	"errors"
	"fmt"
	"log"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// shop runs an experiment with simulated clients. Every tenth client converts with red, every
// fifth with blue.
func shop(engine *sixpack.Engine, x sixpack.Experiment, clients int) {
	ctx := context.Background()
	seen := make(map[string]int)
	for i := range clients {
		client := fmt.Sprint("client-", i)
		a, _ := engine.Participate(ctx, x, client)
		every := map[string]int{"red": 10, "blue": 5}[a.Alternative]
		if seen[a.Alternative]++; seen[a.Alternative]%every == 0 {
			_, _ = engine.Convert(ctx, x.Name, client)
		}
	}
}

// The verdict says in words what to do. The interval of the lift holds all lifts that fit the data. You may look at both at
// any time.
func ExampleEngine_Report() {
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	shop(engine, sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}, 2000)

	r, err := engine.Report(context.Background(), "button-color", "")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Verdict.State, r.Verdict.Leader)
	fmt.Println(r.Verdict.Headline, r.Verdict.Detail)
	blue := r.Alternatives[1]
	fmt.Printf("%d of %d, a lift of %.2f, from %.2f to %.2f\n", blue.Converted, blue.Participants, blue.Lift, blue.LiftIn.Lo, blue.LiftIn.Hi)
	// Output:
	// winner blue
	// “blue” is better than “red”. Up between 38% and 190%; the estimate is 99%. You can end the test.
	// 195 of 979, a lift of 0.99, from 0.38 to 1.94
}

// A plan says what the experiment is to detect. A fixed analysis, which allows a single look, must be planned before anybody
// takes part.
func ExampleEngine_SetPlan() {
	ctx := context.Background()
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	button := sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}
	shop(engine, button, 200)

	if err := engine.SetPlan(ctx, "button-color", store.Plan{Effect: 0.5, Baseline: 0.1}); err != nil {
		log.Fatal(err)
	}
	r, err := engine.Report(ctx, "button-color", "")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("detecting a 50%% lift takes %.0f participants, %.0f more\n", r.Outlook.Size, r.Outlook.Missing)

	err = engine.SetPlan(ctx, "button-color", store.Plan{Analysis: store.AnalysisFixed, Size: 5000})
	fmt.Println(errors.Is(err, sixpack.ErrConflict), err)
	// Output:
	// detecting a 50% lift takes 2996 participants, 2796 more
	// true button-color: A fixed analysis must be planned before the first participant. Restart the experiment first.
}

// A list of experiments takes one call. It omits values that take long to compute, such as probabilities.
func ExampleEngine_Reports() {
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	shop(engine, sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}, 2000)
	shop(engine, sixpack.Experiment{Name: "headline", Alternatives: []string{"red", "blue"}}, 100)

	all, err := engine.Reports(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range all {
		fmt.Println(r.Experiment, r.Participants, r.Verdict.Headline, r.Alternatives[1].ChanceToBeBest.Known())
	}
	// Output:
	// button-color 2000 “blue” is better than “red”. false
	// headline 100 Keep running. false
}
