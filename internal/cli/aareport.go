package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/sixpack-go/sixpack/internal/simulation"
	"github.com/sixpack-go/sixpack/stats"
)

// aaReport is what aa found, as its JSON has it.
type aaReport struct {
	Experiment string     `json:"experiment,omitempty"`
	KPI        string     `json:"kpi,omitempty"`
	Rate       float64    `json:"rate"`
	Split      []float64  `json:"split"`
	Visitors   int        `json:"visitors"`
	Days       int        `json:"days"`
	MeanDelay  float64    `json:"mean_delay_days"`
	Alpha      float64    `json:"alpha"`
	Seed       uint64     `json:"seed"`
	Runs       int        `json:"runs"`
	Asked      int        `json:"runs_asked"` // more than Runs if it was interrupted
	Methods    []aaMethod `json:"methods"`
}

// aaMethod is how one method did.
type aaMethod struct {
	Method   string     `json:"method"`
	Looks    string     `json:"looks"`
	Alarms   int        `json:"false_alarms"`
	Share    float64    `json:"share"`
	Range    [2]float64 `json:"range"`           // of the share, at 95 %
	Visitors *int       `json:"median_visitors"` // to the first alarm; null without any
	Allowed  float64    `json:"allowed"`
}

func (f *aaFlags) report(outcomes []simulation.Outcome) aaReport {
	x := f.shape.scenario()
	r := aaReport{
		Rate: float64(f.shape.rate), Split: f.shape.split, Days: len(x.Days), MeanDelay: f.shape.meanDelay(),
		Alpha: float64(f.alpha), Seed: f.seed, Runs: len(outcomes), Asked: f.runs,
	}
	if f.shape.experiment != nil {
		r.Experiment, r.KPI = f.shape.experiment.name, f.shape.experiment.kpi
	}
	for _, n := range x.Days {
		r.Visitors += n
	}
	names := map[string]string{
		"verdict":           "sixpack's verdict",
		"z-test":            "z-test, p < " + percent(r.Alpha),
		"chance to be best": "chance to be best > " + percent(1-r.Alpha),
		"fixed look":        "G-test, one look",
		"sample ratio":      "sample ratio check",
	}
	for i, m := range aaMethods(r.Alpha) {
		after := simulation.After(outcomes, i)
		n, all := int64(len(after)), int64(len(outcomes))
		share := stats.Wilson(stats.Proportion{Participants: all, Converted: n}, 0.95)
		one := aaMethod{
			Method: names[m.Name], Looks: string(m.Looks), Alarms: len(after), Share: float64(n) / float64(all),
			Range: [2]float64{float64(share.Lo), float64(share.Hi)}, Allowed: r.Alpha,
		}
		if m.Name == "sample ratio" {
			one.Allowed = stats.MismatchLevel
		}
		if n > 0 {
			one.Visitors = &after[n/2]
		}
		r.Methods = append(r.Methods, one)
	}
	return r
}

// meanDelay returns how many days a conversion takes on average.
func (s *shape) meanDelay() float64 {
	var sum, all int64
	for days, n := range s.delays {
		sum += int64(days) * n
		all += n
	}
	if all == 0 {
		return 0
	}
	return float64(sum) / float64(all)
}

func (r aaReport) writeJSON(w io.Writer) error {
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(r)
}

// write prints the table.
func (r aaReport) write(w io.Writer) error {
	var b strings.Builder
	split := shares(r.Split)
	fmt.Fprintf(&b, "%s of %d visitors over %s, split %s; %s convert, whatever they see",
		count(r.Runs, "test"), r.Visitors, count(r.Days, "day"), &split, percent(r.Rate))
	if r.MeanDelay > 0 {
		fmt.Fprintf(&b, ", after %.1f days on average", r.MeanDelay)
	}
	b.WriteString(".\n")
	if r.Experiment != "" {
		fmt.Fprintf(&b, "They are like %s.\n", strings.TrimSpace(r.Experiment+" "+r.KPI))
	}
	if r.Runs < r.Asked {
		fmt.Fprintf(&b, "Interrupted: these are the %d of %d that were finished.\n", r.Runs, r.Asked)
	}
	b.WriteString("\n")
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "METHOD\tLOOKS\tFALSE ALARMS\tRANGE\tALLOWED\tFIRST AFTER (MEDIAN)")
	for _, m := range r.Methods {
		after := "-"
		if m.Visitors != nil {
			after = count(*m.Visitors, "visitor")
		}
		fmt.Fprintf(table, "%s\t%s\t%.1f%% (%d)\t%.1f%% to %.1f%%\t%s\t%s\n", m.Method, m.Looks,
			100*m.Share, m.Alarms, 100*m.Range[0], 100*m.Range[1], percent(m.Allowed), after)
	}
	_ = table.Flush() // to a Builder, which never fails
	fmt.Fprintf(&b, "\n--seed %d replays the same tests again. \"sixpack help aa\" tells how to read this.\n", r.Seed)
	return writeAll(w, b.String())
}
