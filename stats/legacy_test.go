package stats_test

import (
	"math"
	"testing"

	"github.com/sixpack-go/sixpack/internal/reference"
	"github.com/sixpack-go/sixpack/stats"
)

// TestLegacyRecordings compares with what Sixpack's own functions said.
func TestLegacyRecordings(t *testing.T) {
	type side struct {
		Participants, Conversions int64
		Rate                      float64 `json:"conversion_rate_percent_2dp"`
		Interval                  any     `json:"confidence_interval"` // an object where that function failed
		Statistic                 any     `json:"g_stat"`
		Level                     string  `json:"g_confidence_level"`
	}
	counts := func(s side) stats.Proportion {
		return stats.Proportion{Participants: s.Participants, Converted: s.Conversions}
	}
	for _, pair := range reference.Lines[struct{ Control, Alternative side }](t, "stats.jsonl") {
		for i, s := range []side{pair.Control, pair.Alternative} {
			got := stats.LegacyOf(counts(pair.Control), counts(s), i == 0)
			interval, _ := s.Interval.(float64)
			statistic := any(float64(got.Statistic))
			if math.IsNaN(float64(got.Statistic)) {
				statistic = "N/A"
			}
			if got.Rate != s.Rate || math.Abs(got.Interval-interval) > 1e-12*interval || statistic != s.Statistic || got.Level != s.Level {
				t.Errorf("%+v: got %+v", s, got)
			}
		}
	}
}
