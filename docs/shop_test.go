package docs_test

import (
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// The shop that the documents describe.
var (
	today = time.Date(2026, 6, 1, 0, 0, 0, 0, time.UTC)
	plan  = store.Plan{Effect: 0.2}

	red7, blue7   = stats.Proportion{Participants: 4020, Converted: 201}, stats.Proportion{Participants: 3980, Converted: 245}
	red14, blue14 = stats.Proportion{Participants: 8040, Converted: 402}, stats.Proportion{Participants: 7960, Converted: 490}
	red, blue     = stats.Proportion{Participants: 12060, Converted: 603}, stats.Proportion{Participants: 11940, Converted: 740}
	green         = stats.Proportion{Participants: 12000, Converted: 690}
	sale          = []stats.Pair{
		{Control: stats.Proportion{Participants: 9000, Converted: 270}, Challenger: stats.Proportion{Participants: 1000, Converted: 30}},
		{Control: stats.Proportion{Participants: 5000, Converted: 400}, Challenger: stats.Proportion{Participants: 5000, Converted: 400}},
	}
	redPaid  = paid(red, redOrder)
	bluePaid = paid(blue, blueOrder)
)

// Orders have these means and this standard deviation, in euros.
const (
	redOrder  = 40
	blueOrder = 39
	spread    = 30
)

// paid returns the values of orders with the given mean.
func paid(c stats.Proportion, mean int64) stats.Values {
	return stats.Values{
		Participants: c.Participants, NonZero: c.Converted,
		Sum: float64(c.Converted * mean), Squares: float64(c.Converted * (mean*mean + spread*spread)),
	}
}

// epoch has the counts of a time with constant weights.
type epoch struct {
	weights []float64 // nil: equal
	arms    []stats.Proportion
	paid    []stats.Values // nil: nothing
}

func halves(arms ...stats.Proportion) epoch { return epoch{arms: arms} }

// analyze returns the analysis of an experiment that began the given number of days
// ago and has had the same number of participants every day.
func analyze(days int, p store.Plan, epochs ...epoch) analysis.Report {
	start := today.AddDate(0, 0, -days)
	r := store.Record{
		Name: "button", Created: start, Traffic: 1, KPIs: []string{p.KPI}, Plan: p,
		Alternatives: []string{"red", "blue", "green", "gray", "pink", "gold"}[:len(epochs[0].arms)],
	}
	var all []store.Epoch
	for i, e := range epochs {
		r.Epoch = store.Epoch{Number: uint32(i + 1), Start: start.AddDate(0, 0, i), Weights: e.weights}
		all = append(all, r.Epoch)
	}
	counts := store.NewCounts(r, all)
	for i, e := range epochs {
		for j, c := range e.arms {
			a := &counts.Alternatives[j]
			for d := range int64(days) {
				n := c.Participants*(d+1)/int64(days) - c.Participants*d/int64(days)
				a.AddDay(store.DayOf(start)+store.Day(d), n)
			}
			a.AddCohort(uint32(i+1), store.UnknownDay, c.Participants)
			got := store.CohortConversions{Epoch: uint32(i + 1), Day: store.UnknownDay, Sums: store.Sums{Converted: c.Converted}}
			if e.paid != nil {
				got.NonZero, got.Sum, got.Squares = c.Converted, millionths(e.paid[j].Sum, 1), millionths(e.paid[j].Squares, 2)
			}
			a.KPIs[0].AddDay(store.DayOf(start), c.Converted, c.Converted)
			a.KPIs[0].AddCohort(got)
		}
	}
	return analysis.New(counts, p.KPI, today)
}

func millionths(x float64, power int64) *big.Int {
	million := new(big.Int).Exp(big.NewInt(1e6), big.NewInt(power), nil)
	return million.Mul(million, big.NewInt(int64(x)))
}

// The functions below format numbers as pages and commands do.

func count[T int64 | float64 | stats.Number](n T) string {
	return format.Count(int64(math.Ceil(float64(n))))
}

// of formats counts as "603 of 12,060".
func of(c stats.Proportion) string { return count(c.Converted) + " of " + count(c.Participants) }

// digits formats a number with two significant digits.
func digits(x float64) string {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(x, 'e', 1, 64), 64)
	return strconv.FormatFloat(rounded, 'f', -1, 64)
}

// rate formats a fraction as a percentage with one decimal.
func rate[T float64 | stats.Number](x T) string {
	return strconv.FormatFloat(100*float64(x), 'f', 1, 64) + "%"
}

// rates formats the interval of a rate.
func rates(i stats.Interval) string { return format.Rate(i.Lo, i) + " to " + format.Rate(i.Hi, i) }

// quoted returns the words of a verdict as the document quotes them.
func quoted(v analysis.Verdict) string {
	return strings.TrimSpace("**" + v.Headline + "** " + v.Detail + " " + v.Note)
}
