package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sixpack-go/sixpack/internal/simulation"
	"github.com/sixpack-go/sixpack/stats"
)

// simulateReport is what simulate found, as its JSON has it.
type simulateReport struct {
	Rates      []float64           `json:"rates"`
	Visitors   int                 `json:"visitors"`
	Days       int                 `json:"days"`
	Window     float64             `json:"window_hours"`
	Delay      float64             `json:"delay_hours"`
	Drift      float64             `json:"drift"`
	Seed       uint64              `json:"seed"`
	Runs       int                 `json:"runs"`
	Asked      int                 `json:"runs_asked"` // more than Runs if it was interrupted
	Algorithms []simulateAlgorithm `json:"algorithms"`

	plot string // where it is drawn, if it is
}

// simulateAlgorithm is how one algorithm did.
type simulateAlgorithm struct {
	Algorithm   string      `json:"algorithm"`
	Regret      middle      `json:"regret"`      // conversions
	Conversions float64     `json:"conversions"` // on average
	Ahead       portion     `json:"best_ahead"`  // the best alternative had the most participants
	NamedBest   portion     `json:"named_best"`  // by the verdict
	NamedOther  portion     `json:"named_other"`
	Shares      []float64   `json:"participants"` // of each alternative, on average, summing to 1
	Learned     bool        `json:"learned"`      // its shares changed, in some test
	OverTime    []simulated `json:"over_time"`
}

// simulated is how far tests have come.
type simulated struct {
	Visitors int    `json:"visitors"`
	Regret   middle `json:"regret"`
	Best     middle `json:"best_share"` // of the next visitors
}

// middle is a mean, and the middle 80 % of all tests.
type middle struct {
	Mean float64 `json:"mean"`
	Low  float64 `json:"low"`
	High float64 `json:"high"`
}

// portion is in how many tests something came about.
type portion struct {
	Runs  int     `json:"runs"`
	Share float64 `json:"share"`
	// Range is where chance leaves the share, at 95 %.
	Range [2]float64 `json:"range"`
}

func (f *simulateFlags) report(courses [][]simulation.Course) simulateReport {
	r := simulateReport{
		Rates: f.plain(), Visitors: f.visitors, Days: f.days, Window: f.window.Hours(), Delay: f.delay.Hours(),
		Drift: float64(f.drift), Seed: f.seed, Runs: len(courses), Asked: f.runs, plot: f.plot,
	}
	for i, name := range f.algorithms {
		all := make([]simulation.Course, len(courses))
		for j := range courses {
			all[j] = courses[j][i]
		}
		r.Algorithms = append(r.Algorithms, summed(name, r.Rates, all))
	}
	return r
}

// summed puts the tests of an algorithm together.
func summed(name string, rates []float64, all []simulation.Course) simulateAlgorithm {
	a := simulateAlgorithm{Algorithm: name, Shares: make([]float64, len(rates))}
	ahead, named, other := 0, 0, 0
	for _, c := range all {
		a.Learned = a.Learned || c.Learned
		if leads(c.Arms, rates) {
			ahead++
		}
		switch {
		case c.Named == simulation.None:
		case rightly(c.Named, rates):
			named++
		default:
			other++
		}
		participants := 0.0
		for _, arm := range c.Arms {
			participants += float64(arm.Participants)
		}
		for i, arm := range c.Arms {
			a.Conversions += float64(arm.Converted) / float64(len(all))
			a.Shares[i] += float64(arm.Participants) / participants / float64(len(all))
		}
	}
	a.Ahead, a.NamedBest, a.NamedOther = portionOf(ahead, len(all)), portionOf(named, len(all)), portionOf(other, len(all))
	for i, m := range all[0].Marks {
		a.OverTime = append(a.OverTime, simulated{
			m.Visitors,
			middleOf(all, func(c simulation.Course) float64 { return c.Marks[i].Regret }),
			middleOf(all, func(c simulation.Course) float64 { return c.Marks[i].Best }),
		})
	}
	a.Regret = a.OverTime[len(a.OverTime)-1].Regret
	return a
}

// leads tells whether one of the best alternatives has the most participants.
func leads(arms []stats.Proportion, rates []float64) bool {
	var most, best int64
	for i, highest := range simulation.Highest(rates) {
		most = max(most, arms[i].Participants)
		if highest {
			best = max(best, arms[i].Participants)
		}
	}
	return best == most
}

// rightly tells whether an alternative that is said to be best is, and not only as
// good as the control or, if it is that itself, as another one.
func rightly(named int, rates []float64) bool {
	if named == 0 {
		return rates[0] > slices.Max(rates[1:])
	}
	return rates[named] == slices.Max(rates) && rates[named] > rates[0]
}

func portionOf(n, all int) portion {
	i := stats.Wilson(stats.Proportion{Participants: int64(all), Converted: int64(n)}, 0.95)
	return portion{n, float64(n) / float64(all), [2]float64{float64(i.Lo), float64(i.Hi)}}
}

func middleOf(all []simulation.Course, of func(simulation.Course) float64) (s middle) {
	const low, high = 0.1, 0.9
	values := make([]float64, len(all))
	for i, c := range all {
		values[i] = of(c)
		s.Mean += values[i]
	}
	s.Mean /= float64(len(all))
	slices.Sort(values)
	s.Low, s.High = quantile(values, low), quantile(values, high)
	return s
}

// quantile returns that of sorted values, between two of them if need be.
func quantile(sorted []float64, q float64) float64 {
	at := q * float64(len(sorted)-1)
	below := int(at)
	above := min(below+1, len(sorted)-1)
	part := at - float64(below)
	return sorted[below]*(1-part) + sorted[above]*part
}

func (r simulateReport) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// write prints the table.
func (r simulateReport) write(w io.Writer) error {
	var b strings.Builder
	paragraphs(&b, r.about())
	b.WriteString("\n")
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ALGORITHM\tREGRET\tMIDDLE 80%\tCONVERSIONS\tBEST AHEAD\tNAMED BEST\tNAMED OTHER\tPARTICIPANTS")
	for _, a := range r.Algorithms {
		fmt.Fprintf(table, "%s\t%.1f\t%.1f to %.1f\t%.1f\t%s\t%s\t%s\t%s\n", a.Algorithm, a.Regret.Mean, a.Regret.Low, a.Regret.High,
			a.Conversions, a.Ahead, a.NamedBest, a.NamedOther, sharesInPercent(a.Shares))
	}
	_ = table.Flush() // to a Builder, which never fails
	b.WriteString("\n")
	for _, a := range r.Algorithms {
		if !a.Learned && a.Algorithm != hashed {
			paragraphs(&b, a.Algorithm+" never learned anything: too few came of each alternative early enough. Try a shorter --window, "+
				"or more --days or --visitors.")
		}
	}
	if r.plot != "" {
		fmt.Fprintf(&b, "The plot is in %s.\n", r.plot)
	}
	paragraphs(&b, fmt.Sprintf("--seed %d simulates the same tests again. \"sixpack help simulate\" tells how to read this.", r.Seed))
	return writeAll(w, b.String())
}

// String writes a portion as a percentage.
func (p portion) String() string { return fmt.Sprintf("%.1f%%", 100*p.Share) }

// about tells what was simulated.
func (r simulateReport) about() string {
	return fmt.Sprintf("%s of each algorithm, with %s; %s. Bandits learn %s.%s",
		count(r.Runs, "test"), r.traffic(), r.truth(), r.learning(), r.interrupted())
}

// traffic tells who came.
func (r simulateReport) traffic() string {
	return fmt.Sprintf("%s visitors over %s", grouped(int64(r.Visitors)), count(r.Days, "day"))
}

// truth tells how many convert.
func (r simulateReport) truth() string {
	all := make([]string, len(r.Rates))
	for i, x := range r.Rates {
		all[i] = percent(x)
	}
	last := len(all) - 1
	text := strings.Join(all[:last], ", ") + " and " + all[last] + " convert"
	if r.Delay > 0 {
		text += ", after " + hours(r.Delay) + " on average"
	}
	if r.Drift > 0 {
		text += fmt.Sprintf(", in a wave of ±%s", percent(r.Drift))
	}
	return text
}

// learning tells of whom bandits learn.
func (r simulateReport) learning() string {
	if r.Window == 0 {
		return "from everybody at once"
	}
	return "from those who came " + hours(r.Window) + " ago or earlier"
}

func (r simulateReport) interrupted() string {
	if r.Runs == r.Asked {
		return ""
	}
	return fmt.Sprintf(" Interrupted: these are the %d of %d that were finished.", r.Runs, r.Asked)
}

// hours writes a time as Go does, without what is 0 at its end.
func hours(x float64) string {
	text := time.Duration(x * float64(time.Hour)).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = strings.TrimSuffix(text, zero[1:])
		}
	}
	return text
}

// sharesInPercent writes shares as 25 : 75.
func sharesInPercent(all []float64) string {
	texts := make([]string, len(all))
	for i, x := range all {
		texts[i] = strconv.FormatFloat(100*x, 'f', 0, 64)
	}
	return strings.Join(texts, " : ")
}
