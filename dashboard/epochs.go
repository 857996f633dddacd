package dashboard

import (
	"fmt"
	"net/http"
	"strconv"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

// epochSeries is what shares an experiment had, and what came of them by one KPI.
type epochSeries struct {
	Experiment   string       `json:"experiment"`
	KPI          string       `json:"kpi"` // "" is the default KPI
	Alternatives []string     `json:"alternatives"`
	Epochs       []epoch      `json:"epochs"` // the present one last
	Given        epochNumbers `json:"given"`  // those whose alternative nobody drew: they are in no epoch
	// End is that of the last day on which anybody took part, the present on that
	// day, null before anybody did: how far the shares mattered.
	End *time.Time `json:"end"`
}

// epoch is a stretch of constant shares, or several in a row, put together.
type epoch struct {
	Number uint32     `json:"number"`
	Last   uint32     `json:"last"`    // Number, or that of the last one of several
	Start  *time.Time `json:"start"`   // null if unknown
	Weight []float64  `json:"weights"` // the shares, by alternative, which sum to 1
	epochNumbers
}

// epochNumbers are by alternative. Who converted counts in the epoch in which it
// took part.
type epochNumbers struct {
	Participants []int64 `json:"participants"`
	Converted    []int64 `json:"converted"`
}

func newEpochSeries(r *store.Counts, kpi string, now time.Time) epochSeries {
	n := len(r.Record.Alternatives)
	s := epochSeries{Experiment: r.Record.Name, KPI: kpi, Alternatives: r.Record.Alternatives, Given: newEpochNumbers(n)}
	into := map[uint32]epochNumbers{0: s.Given}
	for _, e := range r.Epochs {
		if e.Number == 0 {
			continue
		}
		x := epoch{Number: e.Number, Last: e.Number, Weight: e.Shares(n), epochNumbers: newEpochNumbers(n)}
		if !e.Start.IsZero() {
			x.Start = new(e.Start.UTC())
		}
		into[e.Number] = x.epochNumbers
		s.Epochs = append(s.Epochs, x)
	}
	for i, a := range r.Alternatives {
		for _, e := range a.Epochs {
			if x, ok := into[e.Epoch]; ok {
				x.Participants[i] = e.Participants
			}
		}
		for _, e := range a.KPI(kpi).Epochs {
			if x, ok := into[e.Epoch]; ok {
				x.Converted[i] = e.Converted
			}
		}
	}
	s.End = lastDay(r, now)
	return s
}

func newEpochNumbers(n int) epochNumbers {
	return epochNumbers{make([]int64, n), make([]int64, n)}
}

// lastDay returns when the last day ended on which anybody took part, now if it has
// not, nil if there was none.
func lastDay(r *store.Counts, now time.Time) *time.Time {
	var end time.Time
	for _, a := range r.Alternatives {
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

// thinned returns at most so many epochs, 2 or more, of which the last is the present one. Of
// the others those are put together that began in the same one of as many equal
// stretches of time, as a chart has no place to show them apart. Their shares are
// what a participant of them had on average.
func (s epochSeries) thinned(most int) epochSeries {
	n := len(s.Epochs)
	if n <= most {
		return s
	}
	first := s.firstStart()
	long := max(1, s.start(n-1).Sub(first)) / time.Duration(most-1)
	stretch := func(i int) time.Duration {
		return min(time.Duration(most-2), max(0, s.start(i).Sub(first)/max(1, long)))
	}
	all, thin := s.Epochs, s
	thin.Epochs = nil
	for from := 0; from < n-1; {
		to := from + 1
		for to < n-1 && stretch(to) <= stretch(from) {
			to++
		}
		thin.Epochs = append(thin.Epochs, together(all[from:to]))
		from = to
	}
	thin.Epochs = append(thin.Epochs, all[n-1])
	return thin
}

// firstStart returns the first that is known.
func (s epochSeries) firstStart() (t time.Time) {
	for _, e := range s.Epochs {
		if e.Start != nil {
			return *e.Start
		}
	}
	return t
}

// start returns when an epoch began: if that is unknown, before all others.
func (s epochSeries) start(i int) (t time.Time) {
	if e := s.Epochs[i]; e.Start != nil {
		return *e.Start
	}
	return t
}

// together returns epochs as one.
func together(all []epoch) epoch {
	last := all[len(all)-1]
	if len(all) == 1 {
		return last
	}
	n := len(last.Weight)
	one := epoch{Number: all[0].Number, Last: last.Last, Start: all[0].Start, Weight: make([]float64, n), epochNumbers: newEpochNumbers(n)}
	sum := 0.0
	for _, e := range all {
		came := float64(e.sum())
		sum += came
		for i := range n {
			one.Weight[i] += came * e.Weight[i]
			one.Participants[i] += e.Participants[i]
			one.Converted[i] += e.Converted[i]
		}
	}
	if sum <= 0 {
		one.Weight = last.Weight
		return one
	}
	for i := range n {
		one.Weight[i] = float64(millionths(one.Weight[i] / sum))
	}
	return one
}

// sum returns how many took part.
func (n epochNumbers) sum() (all int64) {
	for _, x := range n.Participants {
		all += x
	}
	return all
}

// drawnEpochs is how many epochs a chart and its table have at most.
const drawnEpochs = 100

// DrawnEpochs is how many epochs the page asks for.
func (experimentPage) DrawnEpochs() int { return drawnEpochs }

// apiEpochs serves what shares an experiment had.
func (d *dashboard) apiEpochs(w http.ResponseWriter, r *http.Request) error {
	counts, kpi, _, err := d.asked(r)
	if err != nil {
		return err
	}
	s := newEpochSeries(&counts, kpi, d.Now().In(d.Location))
	if query := r.URL.Query(); query.Has("most") {
		most, err := strconv.Atoi(query.Get("most"))
		if err != nil || most < 2 {
			return refusal{http.StatusBadRequest, fmt.Sprintf("%q is not how many epochs to answer with at most: take 2 or more.", query.Get("most"))}
		}
		s = s.thinned(most)
	}
	return answerJSON(w, s)
}

// epochRow is an epoch as a table shows it.
type epochRow struct {
	Name, Start string
	Cells       []epochCell
}

type epochCell struct{ Share, Participants string }

// Rows returns a table of what the chart shows.
func (s epochSeries) Rows(zone *time.Location) []epochRow {
	rows := make([]epochRow, len(s.Epochs))
	for i, e := range s.Epochs {
		rows[i] = epochRow{Name: number32(e.Number), Start: unknown}
		if e.Last != e.Number {
			rows[i].Name += "–" + number32(e.Last)
		}
		if e.Start != nil {
			rows[i].Start = e.Start.In(zone).Format("2006-01-02 15:04")
		}
		for j, w := range e.Weight {
			rows[i].Cells = append(rows[i].Cells, epochCell{shareText(w), count(e.Participants[j])})
		}
	}
	return rows
}

// Together tells whether any of them are several.
func (s epochSeries) Together() bool {
	for _, e := range s.Epochs {
		if e.Last != e.Number {
			return true
		}
	}
	return false
}
