package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// A row is a figure of sixpack, alone or beside another program's.
type row struct {
	What  string  `json:"what"`
	Unit  unit    `json:"unit"`
	Ours  spread  `json:"ours"`
	Rival string  `json:"rival,omitempty"`
	Other *spread `json:"other,omitempty"`
	Ratio *spread `json:"ratio,omitempty"` // ours to the other, round by round
	Bar   *bar    `json:"bar,omitempty"`   // for the ratio if there is one, else for ours
}

// A spread summarizes the values of several rounds.
type spread struct {
	Median float64 `json:"median"`
	Low    float64 `json:"low"`
	High   float64 `json:"high"`
}

func spreadOf(rounds []float64) spread {
	sorted := slices.Sorted(slices.Values(rounds))
	n := len(sorted)
	return spread{Median: (sorted[(n-1)/2] + sorted[n/2]) / 2, Low: sorted[0], High: sorted[n-1]}
}

// alone returns a row of sixpack alone, with a value for each round.
func alone(what string, u unit, ours ...float64) row {
	return row{What: what, Unit: u, Ours: spreadOf(ours)}
}

// beside returns a row of sixpack and a rival, with a value of each for each round.
func beside(what string, u unit, ours []float64, rival string, other []float64) row {
	ratios := make([]float64, len(ours))
	for i := range ours {
		ratios[i] = ours[i] / other[i]
	}
	return row{
		What: what, Unit: u, Ours: spreadOf(ours), Rival: rival,
		Other: new(spreadOf(other)), Ratio: new(spreadOf(ratios)),
	}
}

func (r row) withMax(x float64) row {
	r.Bar = &bar{Max: x}
	return r
}

func (r row) withMin(x float64) row {
	r.Bar = &bar{Min: x}
	return r
}

// A bar is a limit of a figure. Only one of its fields is set.
type bar struct {
	Min float64 `json:"min,omitempty"`
	Max float64 `json:"max,omitempty"`
}

func (b bar) reachedBy(x float64) bool {
	if b.Max != 0 {
		return x <= b.Max
	}
	return x >= b.Min
}

// below reports whether r has a bar and does not reach it.
func (r row) below() bool {
	judged := r.Ours.Median
	if r.Ratio != nil {
		judged = r.Ratio.Median
	}
	return r.Bar != nil && !r.Bar.reachedBy(judged)
}

func anyBelow(rows []row) bool { return slices.ContainsFunc(rows, row.below) }

func printTable(w io.Writer, rows []row) error {
	t := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	fmt.Fprintln(t, "what\tours\tthe other\t\tratio\t(spread)\tbar\t")
	for _, r := range rows {
		fmt.Fprintln(t, strings.Join(r.cells(), "\t"))
	}
	return t.Flush()
}

func (r row) cells() []string {
	cells := make([]string, 8)
	cells[0], cells[1], cells[3] = r.What, r.Unit.format(r.Ours.Median), r.Rival
	if r.Other != nil {
		cells[2] = r.Unit.format(r.Other.Median)
	}
	switch s := r.Ours; {
	case r.Ratio != nil:
		cells[4] = fmt.Sprintf("%.3f", r.Ratio.Median)
		cells[5] = fmt.Sprintf("(%.3f–%.3f)", r.Ratio.Low, r.Ratio.High)
	case s.Low != s.High:
		cells[5] = fmt.Sprintf("(%s–%s)", r.Unit.format(s.Low), r.Unit.format(s.High))
	}
	if r.Bar == nil {
		return cells
	}
	cells[6], cells[7] = r.limit(), "ok"
	if r.below() {
		cells[7] = "below"
	}
	return cells
}

func (r row) limit() string {
	u := r.Unit
	if r.Ratio != nil {
		u = plain
	}
	if r.Bar.Max != 0 {
		return "≤ " + u.format(r.Bar.Max)
	}
	return "≥ " + u.format(r.Bar.Min)
}

// A unit is the unit of a figure.
type unit string

const (
	plain       unit = ""
	nanoseconds unit = "ns"
	perSecond   unit = "1/s"
	bytesOf     unit = "B"
)

func (u unit) format(x float64) string {
	switch u {
	case nanoseconds:
		d := time.Duration(x)
		for unit := time.Nanosecond; unit <= time.Second; unit *= 10 {
			if d < 1000*unit {
				return d.Round(unit).String()
			}
		}
		return d.Round(time.Second).String()
	case perSecond:
		return grouped(x) + "/s"
	case bytesOf:
		if x < 1e5 {
			return grouped(x) + " B"
		}
		return fmt.Sprintf("%.1f MB", x/1e6)
	case plain:
	}
	return strconv.FormatFloat(x, 'g', 4, 64)
}

// grouped returns a nonnegative number with separated thousands.
func grouped(x float64) string {
	s := strconv.FormatFloat(math.Round(x), 'f', 0, 64)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}
