package dashboard

import (
	"math"
	"strconv"

	"github.com/sixpack-go/sixpack/stats"
)

// axis is the scale on which the intervals of an experiment's alternatives are
// drawn.
type axis struct{ lo, hi float64 }

// newAxis returns an axis that holds all of the intervals that are known.
func newAxis(all []stats.Interval) axis {
	a := axis{math.Inf(1), math.Inf(-1)}
	for _, i := range all {
		if i.Lo.Known() && i.Hi.Known() {
			a.lo, a.hi = min(a.lo, float64(i.Lo)), max(a.hi, float64(i.Hi))
		}
	}
	const margin = 0.04
	if wide := a.hi - a.lo; wide > 0 {
		a.hi += margin * wide
		if a.lo >= 0 {
			a.lo = max(0, a.lo-margin*wide)
		} else {
			a.lo -= margin * wide
		}
	}
	return a
}

// at returns where x is, as a percentage of the width.
func (a axis) at(x stats.Number) float64 { return 100 * (float64(x) - a.lo) / (a.hi - a.lo) }

// bar is an interval drawn: where it begins, how wide it is, and where its
// estimate and that of the control are, as SVG has them.
type bar struct{ From, Width, At, Control string }

// bar draws an interval. It is empty if there is nothing to draw.
func (a axis) bar(estimate stats.Number, in stats.Interval, control stats.Number) bar {
	if !(a.hi > a.lo) || !estimate.Known() || !in.Lo.Known() || !in.Hi.Known() {
		return bar{}
	}
	from := a.at(in.Lo)
	b := bar{From: share(from), Width: share(a.at(in.Hi) - from), At: share(a.at(estimate))}
	if control.Known() {
		b.Control = share(a.at(control))
	}
	return b
}

func share(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) + "%" }
