package dashboard

import (
	"fmt"
	"math"
	"net/http"
	"time"

	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// period is a stretch of days that are counted together.
type period string

// The periods. Weeks are those of ISO 8601.
const (
	byDay   period = "day"
	byWeek  period = "week"
	byMonth period = "month"
	byYear  period = "year"
)

// periodOf returns the period that is asked for, byDay if none is.
func periodOf(asked string) (period, error) {
	switch p := period(asked); p {
	case "":
		return byDay, nil
	case byDay, byWeek, byMonth, byYear:
		return p, nil
	default:
		return "", refusal{http.StatusBadRequest, fmt.Sprintf("There is no period %q: take day, week, month or year.", asked)}
	}
}

// start returns the first day of the period that holds a day.
func (p period) start(day store.Day) store.Day {
	t := day.Time()
	switch p {
	case byWeek:
		const week = 7
		return day - store.Day((int(t.Weekday())+week-1)%week)
	case byMonth:
		return store.DayOf(time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC))
	case byYear:
		return store.DayOf(time.Date(t.Year(), time.January, 1, 0, 0, 0, 0, time.UTC))
	default:
		return day
	}
}

// next returns the first day after the period that begins with a day.
func (p period) next(start store.Day) store.Day {
	t := start.Time()
	switch p {
	case byWeek:
		return start + 7
	case byMonth:
		return store.DayOf(t.AddDate(0, 1, 0))
	case byYear:
		return store.DayOf(t.AddDate(1, 0, 0))
	default:
		return start + 1
	}
}

// label names the period that begins with a day.
func (p period) label(start store.Day) string {
	t := start.Time()
	switch p {
	case byWeek:
		year, week := t.ISOWeek()
		return fmt.Sprintf("%d-W%02d", year, week)
	case byMonth:
		return t.Format("2006-01")
	case byYear:
		return t.Format("2006")
	default:
		return start.String()
	}
}

// series is how the alternatives of an experiment did over time, by one KPI.
type series struct {
	Experiment string `json:"experiment"`
	KPI        string `json:"kpi"` // "" is the default KPI
	Period     period `json:"period"`
	// Labels name the periods from the first to the last in which anything was
	// counted, none left out: 2013-02-01, 2013-W05, 2013-02 or 2013. Starts are
	// their first days.
	Labels       []string            `json:"labels"`
	Starts       []string            `json:"starts"`
	Alternatives []alternativeSeries `json:"alternatives"` // the control first
}

// alternativeSeries is that of one alternative, with a number for each period.
type alternativeSeries struct {
	Name         string  `json:"name"`
	Control      bool    `json:"control"`
	Participants []int64 `json:"participants"`
	Converted    []int64 `json:"converted"` // participants that converted in the period, whenever they came
	// Rate is that of everything up to the end of the period; Lo and Hi are
	// Wilson's 95 % interval of it. All are null before anybody took part.
	Rate []stats.Number `json:"rate"`
	Lo   []stats.Number `json:"lo"`
	Hi   []stats.Number `json:"hi"`
}

// newSeries returns that of results.
func newSeries(r *store.Counts, kpi string, by period) series {
	s := series{Experiment: r.Record.Name, KPI: kpi, Period: by, Labels: []string{}, Starts: []string{}}
	first, last := span(r, kpi)
	index := make(map[store.Day]int)
	for start := by.start(first); start <= last; start = by.next(start) {
		index[start] = len(s.Starts)
		s.Starts, s.Labels = append(s.Starts, start.String()), append(s.Labels, by.label(start))
	}
	for i, a := range r.Alternatives {
		x := alternativeSeries{
			Name: r.Record.Alternatives[i], Control: i == 0,
			Participants: make([]int64, len(index)), Converted: make([]int64, len(index)),
		}
		for _, d := range a.Days {
			x.Participants[index[by.start(d.Day)]] += d.Participants
		}
		for _, d := range a.KPI(kpi).Days {
			x.Converted[index[by.start(d.Day)]] += d.Converted
		}
		x.accumulate()
		s.Alternatives = append(s.Alternatives, x)
	}
	return s
}

// span returns the first and the last day on which anything was counted; the last
// is before the first if nothing was.
func span(r *store.Counts, kpi string) (first, last store.Day) {
	first, last = math.MaxInt32, math.MinInt32
	see := func(d store.Day) { first, last = min(first, d), max(last, d) }
	for _, a := range r.Alternatives {
		for _, d := range a.Days {
			see(d.Day)
		}
		for _, d := range a.KPI(kpi).Days {
			see(d.Day)
		}
	}
	return first, last
}

// accumulate sets the rates.
func (a *alternativeSeries) accumulate() {
	n := len(a.Participants)
	a.Rate, a.Lo, a.Hi = make([]stats.Number, n), make([]stats.Number, n), make([]stats.Number, n)
	var sum stats.Proportion
	for i := range n {
		sum.Participants += a.Participants[i]
		sum.Converted += a.Converted[i]
		a.Rate[i], a.Lo[i], a.Hi[i] = nowhere, nowhere, nowhere
		if sum.Participants > 0 && sum.Valid() {
			const level = 0.95
			in := stats.Wilson(sum, level)
			a.Rate[i], a.Lo[i], a.Hi[i] = millionths(sum.Rate()), millionths(in.Lo), millionths(in.Hi)
		}
	}
}

var nowhere = stats.Number(math.NaN())

// millionths rounds a fraction to what a chart can show.
func millionths[T float64 | stats.Number](x T) stats.Number {
	const million = 1e6
	return stats.Number(math.Round(float64(x)*million) / million)
}

// seriesRow is a period as a table shows it.
type seriesRow struct {
	Label string
	Cells []seriesCell
}

// seriesCell is what an alternative did in a period, and its rate until then.
type seriesCell struct {
	Participants, Converted, Rate, RateIn string
}

// Rows returns a table of what the charts show.
func (s series) Rows() []seriesRow {
	rows := make([]seriesRow, len(s.Labels))
	for i, label := range s.Labels {
		cells := make([]seriesCell, len(s.Alternatives))
		for j, a := range s.Alternatives {
			in := stats.Interval{Lo: a.Lo[i], Hi: a.Hi[i]}
			cells[j] = seriesCell{count(a.Participants[i]), count(a.Converted[i]), rate(a.Rate[i], in), rateIn(in)}
		}
		rows[i] = seriesRow{label, cells}
	}
	return rows
}
