// Package series has the counts of an experiment over time: by period, for charts of
// rates and participants, and by epoch, for charts of shares. The JSON API, the
// charts and the tables beside them show the same series.
package series

import (
	"math"

	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// Series is the counts of an experiment by period and one KPI.
type Series struct {
	Experiment string `json:"experiment"`
	KPI        string `json:"kpi"` // "" is the default KPI
	Period     Period `json:"period"`
	// Labels name all periods from the first to the last with a count: 2013-02-01,
	// 2013-W05, 2013-02 or 2013. Starts are their first days.
	Labels       []string      `json:"labels"`
	Starts       []string      `json:"starts"`
	Alternatives []Alternative `json:"alternatives"` // the control first
}

// Alternative is the series of one alternative, with a number per period.
type Alternative struct {
	Name         string  `json:"name"`
	Control      bool    `json:"control"`
	Participants []int64 `json:"participants"`
	Converted    []int64 `json:"converted"` // participants who converted in the period, whenever they came
	// Rate is the conversion rate to date at the end of the period. Lo and Hi are
	// its 95% interval (Wilson). All are null before the first participant.
	Rate []stats.Number `json:"rate"`
	Lo   []stats.Number `json:"lo"`
	Hi   []stats.Number `json:"hi"`
}

// New returns the series of an experiment.
func New(c *store.Counts, kpi string, by Period) Series {
	s := Series{Experiment: c.Record.Name, KPI: kpi, Period: by, Labels: []string{}, Starts: []string{}}
	first, last := span(c, kpi)
	index := make(map[store.Day]int)
	for start := by.Start(first); start <= last; start = by.next(start) {
		index[start] = len(s.Starts)
		s.Starts, s.Labels = append(s.Starts, start.String()), append(s.Labels, by.Label(start))
	}
	for i, counts := range c.Alternatives {
		a := Alternative{
			Name: c.Record.Alternatives[i], Control: i == 0,
			Participants: make([]int64, len(index)), Converted: make([]int64, len(index)),
		}
		for _, d := range counts.Days {
			a.Participants[index[by.Start(d.Day)]] += d.Participants
		}
		for _, d := range counts.KPI(kpi).Days {
			if d.Converted != 0 { // the unknown day has only values
				a.Converted[index[by.Start(d.Day)]] += d.Converted
			}
		}
		a.setRates()
		s.Alternatives = append(s.Alternatives, a)
	}
	return s
}

// Readable returns a period for which the chart and the table of an experiment are
// short enough to read.
func Readable(c *store.Counts, kpi string) Period {
	const forDays, forWeeks = 400, 7 * 260
	first, last := span(c, kpi)
	switch n := int(last) - int(first); {
	case n <= forDays:
		return Day
	case n <= forWeeks:
		return Week
	default:
		return Month
	}
}

// span returns the first and the last day with a count. Without any, last precedes
// first.
func span(c *store.Counts, kpi string) (first, last store.Day) {
	first, last = math.MaxInt32, math.MinInt32
	include := func(d store.Day) { first, last = min(first, d), max(last, d) }
	for _, a := range c.Alternatives {
		for _, d := range a.Days {
			include(d.Day)
		}
		for _, d := range a.KPI(kpi).Days {
			if d.Events != 0 || d.Converted != 0 {
				include(d.Day)
			}
		}
	}
	return first, last
}

// setRates sets the rates to date.
func (a *Alternative) setRates() {
	n := len(a.Participants)
	a.Rate, a.Lo, a.Hi = make([]stats.Number, n), make([]stats.Number, n), make([]stats.Number, n)
	unknown := stats.Number(math.NaN())
	var sum stats.Proportion
	for i := range n {
		sum.Participants += a.Participants[i]
		sum.Converted += a.Converted[i]
		a.Rate[i], a.Lo[i], a.Hi[i] = unknown, unknown, unknown
		if sum.Participants > 0 && sum.Valid() {
			const level = 0.95
			in := stats.Wilson(sum, level)
			a.Rate[i], a.Lo[i], a.Hi[i] = round(sum.Rate()), round(in.Lo), round(in.Hi)
		}
	}
}

// round rounds a fraction to what a chart can show.
func round[T float64 | stats.Number](x T) stats.Number {
	const millionth = 1e6
	return stats.Number(math.Round(float64(x)*millionth) / millionth)
}

// Row is a period as a table shows it.
type Row struct {
	Label string
	Cells []Cell // by alternative
}

// Cell is the counts of an alternative in a period and its rate to date.
type Cell struct{ Participants, Converted, Rate, RateInterval string }

// Rows returns a table with the numbers of the charts.
func (s Series) Rows() []Row {
	rows := make([]Row, len(s.Labels))
	for i, label := range s.Labels {
		rows[i].Label = label
		for _, a := range s.Alternatives {
			in := stats.Interval{Lo: a.Lo[i], Hi: a.Hi[i]}
			rows[i].Cells = append(rows[i].Cells, Cell{
				format.Count(a.Participants[i]), format.Count(a.Converted[i]), format.Rate(a.Rate[i], in), format.RateInterval(in),
			})
		}
	}
	return rows
}
