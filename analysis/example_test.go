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
		a.AddEpoch(1, got.participants)
		a.KPIs[0].AddDay(store.DayOf(start), got.converted, got.converted)
		a.KPIs[0].AddEpoch(store.EpochConversions{Epoch: 1, Converted: got.converted})
	}

	r := analysis.New(counts, "", start.AddDate(0, 0, 21))
	fmt.Println(r.Verdict.Headline, r.Verdict.Detail)
	fmt.Println(r.Verdict.Note)
	// Output:
	// “blue” is better than “red”. +24 %, and at least +3.8 %. You can stop now.
	// Chance to be best: “blue” more than 99.9 %. If you take “blue” and are wrong you lose less than 0.001 points on average.
}

func ExamplePercent() {
	fmt.Println(analysis.Percent(0.2361), analysis.Percent(-0.05), analysis.Percent(0.00001))
	// Output: +24 % −5 % 0 %
}

func ExampleThousands() {
	fmt.Println(analysis.Thousands("1234567"), analysis.Thousands("-1234.5"), analysis.Thousands("-123"))
	// Output: 1,234,567 -1,234.5 -123
}
