package dashboard

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/sixpack-go/sixpack/store"
)

// trend is how many took part on each of the last days, in small.
type trend struct {
	Path string // in a box of trendWidth by trendHeight
	Text string // the same in words; empty if nobody came
}

// A trend's days, and the box it is drawn in.
const (
	trendDays   = 30
	trendWidth  = 116
	trendHeight = 24
)

// newTrend returns that of an experiment until a day.
func newTrend(r *store.Counts, today store.Day) trend {
	var days [trendDays]int64
	for _, a := range r.Alternatives {
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
	var most, sum int64
	for _, n := range days {
		most, sum = max(most, n), sum+n
	}
	if most == 0 {
		return trend{}
	}
	return trend{columns(days[:], most), fmt.Sprintf(
		"%s participants in the last %d days: at most %s a day, %s yesterday.",
		count(sum), trendDays, count(most), count(days[trendDays-2]))}
}

// columns draws days as columns.
func columns(days []int64, most int64) string {
	const step, wide = 4, 3
	var b strings.Builder
	for i, n := range days {
		if n <= 0 {
			continue
		}
		high := max(1, int((n*trendHeight+most/2)/most))
		b.WriteString("M" + strconv.Itoa(i*step) + " " + strconv.Itoa(trendHeight) + "v-" + strconv.Itoa(high) + "h" + strconv.Itoa(wide) + "v" + strconv.Itoa(high))
	}
	return b.String()
}
