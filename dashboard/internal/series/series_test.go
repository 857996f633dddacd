package series_test

import (
	"math/big"
	"slices"
	"testing"

	"github.com/sixpack-go/sixpack/dashboard/internal/series"
	"github.com/sixpack-go/sixpack/store"
)

// TestUnknownDays reads counts of an earlier release, which did not count values by day. Only the
// days that are known are in the series.
func TestUnknownDays(t *testing.T) {
	const day = store.Day(20513)
	counts := store.NewCounts(store.Record{Alternatives: []string{"red"}, KPIs: []string{""}}, nil)
	red := &counts.Alternatives[0]
	red.AddDay(day, 10)
	red.AddCohort(1, store.UnknownDay, 10)
	values := store.Sums{NonZero: 2, Sum: big.NewInt(7), Squares: big.NewInt(25)}
	red.KPIs[0].AddDay(day+1, 2, 2)
	red.KPIs[0].AddConversions(store.DayConversions{Day: store.UnknownDay, Sums: values})
	values.Converted = 2
	red.KPIs[0].AddCohort(store.CohortConversions{Epoch: 1, Day: store.UnknownDay, Sums: values})

	s := series.New(&counts, "", series.Day)
	if want := []string{day.String(), (day + 1).String()}; !slices.Equal(s.Starts, want) || !slices.Equal(s.Alternatives[0].Converted, []int64{0, 2}) {
		t.Errorf("the days are %q with %v conversions, want %q", s.Starts, s.Alternatives[0].Converted, want)
	}
}
