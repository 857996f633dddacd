package chart

import (
	"fmt"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/store"
)

// Trend is a column for the participants of each of the last 30 days.
type Trend struct {
	Path string // of an SVG, in a box of 116 by 24
	Text string // the same in words; empty without participants
}

const (
	trendDays   = 30
	trendHeight = 24
)

// NewTrend returns the trend of an experiment until today.
func NewTrend(c *store.Counts, today store.Day) Trend {
	var days [trendDays]int64
	for _, a := range c.Alternatives {
		for _, d := range slices.Backward(a.Days) {
			ago := int(today) - int(d.Day)
			if ago >= trendDays {
				break
			}
			if ago >= 0 {
				days[trendDays-1-ago] += d.Participants
			}
		}
	}
	var highest, sum int64
	for _, n := range days {
		highest, sum = max(highest, n), sum+n
	}
	if highest == 0 {
		return Trend{}
	}
	return Trend{columns(days[:], highest), fmt.Sprintf(
		"%s participants in the last %d days: at most %s a day, %s yesterday.",
		format.Count(sum), trendDays, format.Count(highest), format.Count(days[trendDays-2]))}
}

// columns draws one column per day.
func columns(days []int64, highest int64) string {
	const step, width = 4, 3
	var b strings.Builder
	for i, n := range days {
		if n > 0 {
			height := max(1, int((n*trendHeight+highest/2)/highest))
			fmt.Fprintf(&b, "M%d %dv-%dh%dv%d", i*step, trendHeight, height, width, height)
		}
	}
	return b.String()
}
