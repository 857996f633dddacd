package series_test

import (
	"slices"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/dashboard/internal/series"
	"github.com/sixpack-go/sixpack/store"
)

// TestPeriods checks the periods of an experiment that has counts on two days only.
func TestPeriods(t *testing.T) {
	t.Parallel()
	day := func(year int, month time.Month, day int) store.Day {
		return store.DayOf(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
	}
	for period, c := range map[series.Period]struct {
		first, last    store.Day
		labels, starts []string
	}{
		series.Day:   {day(2024, 2, 28), day(2024, 3, 1), []string{"2024-02-28", "2024-02-29", "2024-03-01"}, []string{"2024-02-28", "2024-02-29", "2024-03-01"}},
		series.Week:  {day(2024, 12, 29), day(2025, 1, 6), []string{"2024-W52", "2025-W01", "2025-W02"}, []string{"2024-12-23", "2024-12-30", "2025-01-06"}},
		series.Month: {day(2024, 1, 31), day(2024, 3, 1), []string{"2024-01", "2024-02", "2024-03"}, []string{"2024-01-01", "2024-02-01", "2024-03-01"}},
		series.Year:  {day(2023, 12, 31), day(2025, 1, 1), []string{"2023", "2024", "2025"}, []string{"2023-01-01", "2024-01-01", "2025-01-01"}},
	} {
		counts := store.NewCounts(store.Record{Name: "x", Alternatives: []string{"a"}}, nil)
		counts.Alternatives[0].AddDay(c.first, 1)
		counts.Alternatives[0].AddDay(c.last, 2)
		s := series.New(&counts, "", period)
		if !slices.Equal(s.Labels, c.labels) || !slices.Equal(s.Starts, c.starts) {
			t.Errorf("%s: %v from %v", period, s.Labels, s.Starts)
		}
		if a := s.Alternatives[0]; !slices.Equal(a.Participants, []int64{1, 0, 2}) {
			t.Errorf("%s: %v participants", period, a.Participants)
		}
	}
}
