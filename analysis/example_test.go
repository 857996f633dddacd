package analysis_test

import (
	"fmt"
	"time"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/store"
)

// Counts from any source can be analyzed, without an engine.
func Example() {
	start := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	counts := store.NewCounts(store.Record{
		Name: "button-color", Alternatives: []string{"red", "blue"}, KPIs: []string{""}, Created: start,
	}, []store.Epoch{{Number: 1, Start: start}})
	for i, got := range []struct{ participants, converted int64 }{{12060, 603}, {11940, 740}} {
		a := &counts.Alternatives[i]
		a.AddDay(store.DayOf(start), got.participants)
		a.AddCohort(1, store.DayOf(start), got.participants)
		a.KPIs[0].AddDay(store.DayOf(start), got.converted, got.converted)
		a.KPIs[0].AddCohort(store.CohortConversions{Epoch: 1, Day: store.DayOf(start), Sums: store.Sums{Converted: got.converted}})
	}

	r := analysis.New(counts, "", start.AddDate(0, 0, 21))
	fmt.Println(r.Verdict.Headline, r.Verdict.Detail)
	fmt.Println(r.Verdict.Note)
	// Output:
	// “blue” is better than “red”. Up between 3.8% and 48%; the estimate is 24%. You can end the test.
	// Probability of being best: “blue”, over 99.9%. Expected loss if you choose “blue”: less than 0.001 percentage points. When a test has just been decided, its estimate tends to be too high: plan with the lower end.
}
