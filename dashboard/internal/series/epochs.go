package series

import (
	"slices"
	"strconv"
	"time"

	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/store"
)

// Epochs is the shares that the alternatives of an experiment had, and the counts by
// one KPI while they had them.
type Epochs struct {
	Experiment   string   `json:"experiment"`
	KPI          string   `json:"kpi"` // "" is the default KPI
	Alternatives []string `json:"alternatives"`
	Epochs       []Epoch  `json:"epochs"` // the current one last
	// Given is the counts of participants whose alternative was not drawn. They
	// belong to no epoch.
	Given EpochCounts `json:"given"`
	// End is the end of the last day with a participant, or now if that is earlier.
	// It is null without participants.
	End *time.Time `json:"end"`
}

// Epoch is a time with constant shares, or several consecutive ones, merged.
type Epoch struct {
	Number  uint32     `json:"number"`
	Last    uint32     `json:"last"`    // the number of the last merged epoch, else Number
	Start   *time.Time `json:"start"`   // null if unknown
	Weights []float64  `json:"weights"` // shares by alternative, which sum to 1
	EpochCounts
}

// EpochCounts is counts by alternative. A conversion counts in the epoch in which
// the participant took part.
type EpochCounts struct {
	Participants []int64 `json:"participants"`
	Converted    []int64 `json:"converted"`
}

func newEpochCounts(n int) EpochCounts { return EpochCounts{make([]int64, n), make([]int64, n)} }

// NewEpochs returns the epochs of an experiment.
func NewEpochs(c *store.Counts, kpi string, now time.Time) Epochs {
	n := len(c.Record.Alternatives)
	s := Epochs{Experiment: c.Record.Name, KPI: kpi, Alternatives: c.Record.Alternatives, Given: newEpochCounts(n), End: end(c, now)}
	counts := map[uint32]EpochCounts{0: s.Given}
	for _, e := range c.Epochs {
		if e.Number == 0 {
			continue
		}
		x := Epoch{Number: e.Number, Last: e.Number, Weights: e.Shares(n), EpochCounts: newEpochCounts(n)}
		if !e.Start.IsZero() {
			x.Start = new(e.Start.UTC())
		}
		counts[e.Number] = x.EpochCounts
		s.Epochs = append(s.Epochs, x)
	}
	for i, a := range c.Alternatives {
		for _, e := range a.Epochs() {
			if x, ok := counts[e.Epoch]; ok {
				x.Participants[i] = e.Participants
			}
		}
		for _, e := range a.KPI(kpi).Epochs() {
			if x, ok := counts[e.Epoch]; ok {
				x.Converted[i] = e.Converted
			}
		}
	}
	return s
}

// end returns the end of the last day with a participant, at most now, or nil if
// there is none.
func end(c *store.Counts, now time.Time) *time.Time {
	var end time.Time
	for _, a := range c.Alternatives {
		if n := len(a.Days); n > 0 {
			if t := (a.Days[n-1].Day + 1).In(now.Location()); t.After(end) {
				end = t
			}
		}
	}
	if end.IsZero() {
		return nil
	}
	if end.After(now) {
		end = now
	}
	return new(end.UTC())
}

// Thinned returns at most limit epochs, which is 2 or more. The last is the current
// one. For the others, time is divided into equal intervals, and the epochs that
// start in the same interval are merged. The shares of merged epochs are averages,
// weighted by participants.
func (s Epochs) Thinned(limit int) Epochs {
	n := len(s.Epochs)
	if n <= limit {
		return s
	}
	start := s.starts()
	interval := max(1, max(1, start[n-1].Sub(start[0]))/time.Duration(limit-1))
	number := func(i int) time.Duration {
		return min(time.Duration(limit-2), max(0, start[i].Sub(start[0])/interval))
	}
	thin := s
	thin.Epochs = nil
	for from := 0; from < n-1; {
		to := from + 1
		for to < n-1 && number(to) <= number(from) {
			to++
		}
		thin.Epochs = append(thin.Epochs, merge(s.Epochs[from:to]))
		from = to
	}
	thin.Epochs = append(thin.Epochs, s.Epochs[n-1])
	return thin
}

// starts returns the start of each epoch. Unknown starts are equal to the first that
// is known.
func (s Epochs) starts() []time.Time {
	var first time.Time
	if i := slices.IndexFunc(s.Epochs, func(e Epoch) bool { return e.Start != nil }); i >= 0 {
		first = *s.Epochs[i].Start
	}
	all := make([]time.Time, len(s.Epochs))
	for i, e := range s.Epochs {
		if all[i] = first; e.Start != nil {
			all[i] = *e.Start
		}
	}
	return all
}

// merge returns consecutive epochs as one.
func merge(all []Epoch) Epoch {
	last := all[len(all)-1]
	if len(all) == 1 {
		return last
	}
	n := len(last.Weights)
	one := Epoch{Number: all[0].Number, Last: last.Last, Start: all[0].Start, Weights: make([]float64, n), EpochCounts: newEpochCounts(n)}
	total := 0.0
	for _, e := range all {
		participants := 0.0
		for i := range n {
			participants += float64(e.Participants[i])
			one.Participants[i] += e.Participants[i]
			one.Converted[i] += e.Converted[i]
		}
		total += participants
		for i := range n {
			one.Weights[i] += participants * e.Weights[i]
		}
	}
	if total <= 0 {
		one.Weights = last.Weights
		return one
	}
	for i := range n {
		one.Weights[i] = float64(round(one.Weights[i] / total))
	}
	return one
}

// Merged reports whether an epoch of s is several, merged.
func (s Epochs) Merged() bool {
	return slices.ContainsFunc(s.Epochs, func(e Epoch) bool { return e.Last != e.Number })
}

// EpochRow is an epoch as a table shows it.
type EpochRow struct {
	Name, Start string
	Cells       []EpochCell // by alternative
}

// EpochCell is the share of an alternative in an epoch, and its participants.
type EpochCell struct{ Share, Participants string }

// Rows returns a table with the numbers of the chart.
func (s Epochs) Rows(zone *time.Location) []EpochRow {
	rows := make([]EpochRow, len(s.Epochs))
	for i, e := range s.Epochs {
		rows[i] = EpochRow{Name: strconv.Itoa(int(e.Number)), Start: format.Unknown}
		if e.Last != e.Number {
			rows[i].Name += "–" + strconv.Itoa(int(e.Last))
		}
		if e.Start != nil {
			rows[i].Start = e.Start.In(zone).Format("2006-01-02 15:04")
		}
		for j, w := range e.Weights {
			rows[i].Cells = append(rows[i].Cells, EpochCell{format.Share(w), format.Count(e.Participants[j])})
		}
	}
	return rows
}
