package report

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/internal/simulation"
)

//go:embed plot.svg
var plotTemplate string

// The layout of a plot, in points from its upper left corner.
const (
	plotWidth   = 760
	plotLeft    = 64
	plotRight   = 736
	panelHeight = 210
	panelsBegin = 122
	panelGap    = 62
	plotBelow   = 78
)

// A plot draws curves in panels above each other, over the same axis.
type plot struct {
	Title, Subtitle, Note string
	Description           string // for readers who cannot see it
	Across                string // the title of the horizontal axis
	Legend                []legend
	Panels                []panel

	Width, Height, Left, Right int
}

// A legend names a curve.
type legend struct {
	look

	Name           string
	From, To, Text int // ends of the line, and where the name begins
}

// A panel is one set of curves.
type panel struct {
	Title       string
	Top, Bottom int
	Across, Up  []tick
	Curves      []curve
}

// A tick is a number on an axis.
type tick struct {
	At   string
	Text string
}

// A curve is a line and the band around it.
type curve struct {
	look

	Line, Band string
}

// A look is how an algorithm is drawn in all plots. The dashes tell curves apart without
// colors.
type look struct{ Color, Dash string }

var looks = map[string]look{
	"hash":            {"#5f6368", "2 4"},
	"thompson":        {"#0067b1", ""},
	"whiplash":        {"#c8500a", "9 4"},
	"whiplash-legacy": {"#8a3ea8", "2 3 8 3"},
	"epsilon-greedy":  {"#0a7d55", "14 4"},
}

// newPlot returns a plot without panels.
func newPlot(all []simulation.AlgorithmReport) plot {
	const room, letter, sample, gap = 20, 8, 28, 8
	p := plot{Width: plotWidth, Left: plotLeft, Right: plotRight}
	x := plotLeft
	for _, a := range all {
		l := legend{looks[a.Algorithm], a.Algorithm, x, x + sample, x + sample + gap}
		p.Legend = append(p.Legend, l)
		x = l.Text + letter*len(a.Algorithm) + room
	}
	return p
}

// add adds a panel below the others, with a curve of a value for each algorithm. Its axes
// begin at 0; first are points before the points of the algorithms.
func (p *plot) add(title string, across, up axis, all []simulation.AlgorithmReport, value func(simulation.Checkpoint) simulation.Spread, first ...simulation.Checkpoint) {
	top := panelsBegin + len(p.Panels)*(panelHeight+panelGap)
	x := panel{Title: title, Top: top, Bottom: top + panelHeight}
	across.from, across.to = plotLeft, plotRight
	up.from, up.to = float64(x.Bottom), float64(x.Top)
	x.Across, x.Up = across.ticks(), up.ticks()
	for _, a := range all {
		var means, high, low []string
		for _, o := range append(first, a.OverTime...) {
			at, v := across.place(float64(o.Visitors)), value(o)
			means = append(means, at+" "+up.place(v.Mean))
			high = append(high, at+" "+up.place(v.High))
			low = append(low, at+" "+up.place(v.Low))
		}
		slices.Reverse(low)
		x.Curves = append(x.Curves, curve{looks[a.Algorithm], "M" + strings.Join(means, "L"), "M" + strings.Join(append(high, low...), "L") + "Z"})
	}
	p.Panels = append(p.Panels, x)
	p.Height = x.Bottom + plotBelow
}

// An axis places numbers from 0 to its end.
type axis struct {
	end      float64
	step     float64
	percent  bool // numbers are fractions, shown as percentages
	from, to float64
}

// newAxis returns an axis for numbers up to highest, with about so many ticks.
func newAxis(highest float64, ticks int) axis {
	if !(highest > 0) {
		highest = 1
	}
	step := math.Pow(10, math.Floor(math.Log10(highest/float64(ticks))))
	for _, times := range []float64{1, 2, 2.5, 2} { // 1, 2, 5 and 10 times a power of ten
		if step *= times; highest <= step*float64(ticks) {
			break
		}
	}
	return axis{end: math.Ceil(highest/step-1e-9) * step, step: step}
}

// place returns the position of a number.
func (a axis) place(x float64) string {
	return strconv.FormatFloat(math.Round(10*(a.from+(a.to-a.from)*x/a.end))/10, 'f', -1, 64)
}

func (a axis) ticks() (all []tick) {
	for i := range int(math.Round(a.end/a.step)) + 1 {
		x := float64(i) * a.step
		text := format.Short(x)
		if a.percent {
			text = format.Percent(x)
		}
		all = append(all, tick{a.place(x), text})
	}
	return all
}

// BanditsPlot draws regret and the share of the best alternative over time, as SVG.
func BanditsPlot(w io.Writer, r simulation.BanditsReport) error {
	highest := 0.0
	for _, a := range r.Algorithms {
		for _, o := range a.OverTime {
			highest = max(highest, o.Regret.High)
		}
	}
	p := newPlot(r.Algorithms)
	p.Title = "What a test costs while it runs"
	p.Subtitle = strings.ToUpper(rates(r)[:1]) + rates(r)[1:] + "; " + traffic(r) + "."
	p.Note = fmt.Sprintf("Means of %s of each; the bands hold the middle 80%% of them. Seed %d.", format.Many(r.Runs, "test"), r.Seed)
	p.Description = description(r)
	p.Across = "visitors"
	const ticks, part = 5, 0.2
	across := newAxis(float64(r.Visitors), ticks)
	across.end = float64(r.Visitors)
	p.add("Conversions given up, against always the best alternative", across, newAxis(highest, ticks), r.Algorithms,
		func(o simulation.Checkpoint) simulation.Spread { return o.Regret }, simulation.Checkpoint{})
	p.add("New visitors who get the best alternative", across, axis{end: 1, step: part, percent: true}, r.Algorithms,
		func(o simulation.Checkpoint) simulation.Spread { return o.Best })
	return template.Must(template.New("plot").Parse(plotTemplate)).Execute(w, p)
}

// description says in words what is drawn.
func description(r simulation.BanditsReport) string {
	ends := make([]string, len(r.Algorithms))
	for i, a := range r.Algorithms {
		last := a.OverTime[len(a.OverTime)-1]
		ends[i] = fmt.Sprintf(" %s has given up %.1f conversions (%.1f to %.1f) and gives the best alternative to %.0f%% of new visitors (%.0f%% to %.0f%%)",
			a.Algorithm, last.Regret.Mean, last.Regret.Low, last.Regret.High, 100*last.Best.Mean, 100*last.Best.Low, 100*last.Best.High)
	}
	return "At the end" + strings.Join(ends, ";") + "."
}
