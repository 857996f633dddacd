// Package chart computes the geometry of the small drawings in the pages, as SVG has
// it. Large charts are drawn in the browser.
package chart

import (
	"math"
	"strconv"

	"github.com/sixpack-go/sixpack/stats"
)

// Axis is the scale on which the intervals of an experiment's alternatives are
// drawn. Its ends are infinite if no interval is known.
type Axis struct{ Lo, Hi float64 }

// NewAxis returns an axis for all intervals that are known, with a margin.
func NewAxis(all []stats.Interval) Axis {
	a := Axis{math.Inf(1), math.Inf(-1)}
	for _, i := range all {
		if i.Lo.Known() && i.Hi.Known() {
			a.Lo, a.Hi = min(a.Lo, float64(i.Lo)), max(a.Hi, float64(i.Hi))
		}
	}
	const margin = 0.04
	if width := a.Hi - a.Lo; width > 0 {
		a.Hi += margin * width
		if a.Lo >= 0 {
			a.Lo = max(0, a.Lo-margin*width)
		} else {
			a.Lo -= margin * width
		}
	}
	return a
}

// Empty reports whether there is nothing to draw.
func (a Axis) Empty() bool { return !(a.Hi > a.Lo) }

// Bar is the drawing of an interval: positions and a width in percent of the axis.
type Bar struct{ From, Width, At, Control string }

// Bar draws an interval with its estimate and the control's. It is empty if one of
// the numbers but control is not known.
func (a Axis) Bar(estimate stats.Number, in stats.Interval, control stats.Number) Bar {
	if a.Empty() || !estimate.Known() || !in.Lo.Known() || !in.Hi.Known() {
		return Bar{}
	}
	from := a.position(in.Lo)
	b := Bar{From: percent(from), Width: percent(a.position(in.Hi) - from), At: percent(a.position(estimate))}
	if control.Known() {
		b.Control = percent(a.position(control))
	}
	return b
}

// position returns where x is, in percent of the axis.
func (a Axis) position(x stats.Number) float64 { return 100 * (float64(x) - a.Lo) / (a.Hi - a.Lo) }

func percent(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) + "%" }
