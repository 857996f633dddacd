package format_test

import (
	"math"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/stats"
)

func TestFormats(t *testing.T) {
	t.Parallel()
	unknown := stats.Number(math.NaN())
	narrow, wide, open := stats.Interval{Lo: 0.12345, Hi: 0.12357}, stats.Interval{Lo: 0.05, Hi: 0.25}, stats.Interval{Lo: 0.1, Hi: unknown}
	for _, c := range []struct{ got, want string }{
		{format.Count(int64(0)), "0"},
		{format.Count(int64(-1234567)), "-1,234,567"},
		{format.Many(1, "day"), "1 day"},
		{format.Many(1000, "day"), "1,000 days"},
		{format.RoundUp(12.1), "13"},
		{format.RoundUp(unknown), "–"},
		{format.Rate(0.1, wide), "10.0%"},
		{format.Rate(0.12349, narrow), "12.349%"},
		{format.Rate(unknown, wide), "–"},
		{format.RateInterval(wide), "5.0 to 25.0%"},
		{format.RateInterval(open), ""},
		{format.Fraction(1, 3), "33.3%"},
		{format.Fraction(0, 0), "–"},
		{format.Share(0.0001), "< 0.1%"},
		{format.Share(0), "0.0%"},
		{format.Value(-1234.5, stats.Interval{Lo: -2000, Hi: 0}), "−1,234.50"},
		{format.ValueInterval(wide), "0.05 to 0.25"},
		{format.Total(1e7), "10,000,000.00"},
		{format.Lift(0.0312), "+3.1%"},
		{format.Lift(-0.312), "−31%"},
		{format.Lift(12.345), "+1,200%"},
		{format.Lift(0.0001), "+0.01%"},
		{format.Lift(-0.00004), "0%"},
		{format.Change(-0.0516), "5.2%"},
		{format.LiftInterval(wide), "+5% to +25%"},
		{format.LiftInterval(open), "more than +10%"},
		{format.LiftInterval(stats.Interval{Lo: -1, Hi: 0.1}), "−100% to +10%"},
		{format.LiftInterval(stats.Interval{Lo: unknown, Hi: 0.1}), "less than +10%"},
		{format.Probability(0.9999), "> 99.9%"},
		{format.Probability(0.9925), "99.2%"},
		{format.Probability(0.5), "50%"},
		{format.PValue(0.00451), "0.0045"},
		{format.PValue(0.00004), "< 0.0001"},
		{format.PValue(unknown), "–"},
		{format.Loss(0.01234), "0.012"},
		{format.Loss(0.0004), "less than 0.001"},
		{format.Short(0.123456), "0.1235"},
		{format.Short(-1234567.8), "−1,234,568"},
		{format.Percent(0.125), "12.5%"},
		{format.Ratio([]float64{3, 1}), "75/25"},
		{format.Ratio([]float64{1, 1, 1}), "33.33/33.33/33.33"},
		{format.Duration(30 * time.Second), "less than a minute"},
		{format.Duration(47 * time.Hour), "47 hours"},
		{format.Duration(60 * time.Hour), "3 days"},
	} {
		if c.got != c.want {
			t.Errorf("%q, want %q", c.got, c.want)
		}
	}
}
