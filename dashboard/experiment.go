package dashboard

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/bandit"
	"github.com/sixpack-go/sixpack/dashboard/internal/markdown"
	"github.com/sixpack-go/sixpack/dashboard/internal/selection"
	"github.com/sixpack-go/sixpack/dashboard/internal/series"
	"github.com/sixpack-go/sixpack/dashboard/internal/snippet"
	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/store"
)

// experimentPage is the page of one experiment.
type experimentPage struct {
	*analysis.Report

	State        selection.State
	Record       store.Record
	Created      time.Time // in the zone of the page; zero if unknown
	Verdict      verdict
	Alternatives []alternative
	Ticks        []string // ends of the axis of intervals
	KPIs         []choice
	Periods      []choice
	Series       series.Series
	SeriesPath   string // of the same as JSON
	Traffic      string
	Weights      string
	Ramp         *ramp          // nil if there never was one
	Learning     *learning      // nil without a bandit
	Algorithm    string         // in effect; empty for hash
	Epochs       *series.Epochs // nil if there is only one
	EpochsPath   string         // of the same as JSON
	Zone         *time.Location
	Description  template.HTML
	Snippets     []snippet.Snippet
	History      []change
	Notice       *notice
}

// experiment serves the page of one experiment.
func (d *dashboard) experiment(w http.ResponseWriter, r *http.Request) error {
	v, err := selection.ViewOf(r, d.engine)
	if err != nil {
		return err
	}
	if r.URL.Query().Get("period") == "" {
		v.Period = series.Readable(&v.Counts, v.KPI)
	}
	report := analysis.New(v.Counts, v.KPI, d.now())
	p := d.newExperimentPage(r, &report, v.Period)
	d.addShares(&p)
	if p.History, err = d.history(r.Context(), v.Counts.Record); err != nil {
		return err
	}
	p.Notice = noticeOf(r, p.History)
	return d.render(w, r, "experiment", report.Experiment, p)
}

func (d *dashboard) newExperimentPage(r *http.Request, of *analysis.Report, by series.Period) experimentPage {
	record := of.Counts.Record
	rows, ticks := alternatives(of)
	p := experimentPage{
		Report: of, State: selection.StateOf(record), Record: record, Verdict: newVerdict(of), Alternatives: rows, Ticks: ticks,
		KPIs: kpiChoices(record, of.KPI), Periods: periodChoices(by), Series: series.New(&of.Counts, of.KPI, by),
		SeriesPath: page{Prefix: d.Prefix}.URL("api", "v1", "experiments", record.Name, "series"),
		Traffic:    format.Percent(record.TrafficInForce()),
		Weights:    weights(record), Ramp: newRamp(record, d.Location),
		Description: markdown.HTML(record.Description), Zone: d.Location,
		Snippets: snippet.Call{API: d.api(r), Experiment: record.Name, Alternatives: record.Alternatives, KPI: of.KPI}.All(),
	}
	if !record.Created.IsZero() {
		p.Created = record.Created.In(d.Location)
	}
	return p
}

// addShares adds how the shares of new participants are set, and what they were.
func (d *dashboard) addShares(p *experimentPage) {
	l := d.engine.Learning(p.Counts)
	if _, usual := l.Algorithm.(bandit.Hash); !usual {
		p.Algorithm = l.Name
	}
	p.Learning = newLearning(l, p.Report, p.Verdict.Broken())
	s := series.NewEpochs(&p.Counts, p.KPI, d.now()).Thinned(maxEpochs)
	if len(s.Epochs) < 2 {
		return
	}
	p.Epochs = &s
	p.EpochsPath = page{Prefix: d.Prefix}.URL("api", "v1", "experiments", p.Experiment, "epochs")
}

// Allows reports whether the state of the experiment allows an operation.
func (p experimentPage) Allows(operation store.Action) bool {
	return sixpack.Allowed(&p.Record, operation) == nil
}

// maxEpochs is the maximum number of epochs in the chart and its table.
const maxEpochs = 100

// MaxEpochs returns the number of epochs for which the page asks.
func (experimentPage) MaxEpochs() int { return maxEpochs }

// kpiChoices returns the KPIs of the select box, the primary one first.
func kpiChoices(r store.Record, chosen string) []choice {
	primary := r.PrimaryKPI()
	all := []choice{{primary, kpiName(primary) + ", primary", chosen == primary}}
	seen := r.KPIs
	if !slices.Contains(seen, chosen) {
		seen = append(slices.Clone(seen), chosen)
	}
	for _, kpi := range seen {
		if kpi != primary {
			all = append(all, choice{kpi, kpiName(kpi) + ", exploratory", chosen == kpi})
		}
	}
	return all
}

// kpiName returns the name of a KPI.
func kpiName(kpi string) string { return cmp.Or(kpi, "default") }

// KPIName returns the name of the page's KPI.
func (p experimentPage) KPIName() string { return kpiName(p.KPI) }

// Converted returns the number of participants who converted, of all alternatives.
func (p experimentPage) Converted() (n int64) {
	for _, a := range p.Alternatives {
		n += a.Converted
	}
	return n
}

// Values reports whether alternatives are compared by the mean of values.
func (p experimentPage) Values() bool { return p.Measure == analysis.MeasureMean }

// Goal returns how many participants the experiment needs, or 0 if that is unknown.
func (p experimentPage) Goal() int64 {
	if !p.Outlook.Size.Known() {
		return 0
	}
	return int64(p.Outlook.Size)
}

// Done returns the number of participants, at most Goal.
func (p experimentPage) Done() int64 { return min(p.Goal(), p.Participants) }

// Forced returns what to append to a URL to preview an alternative.
func (p experimentPage) Forced(name string) string { return snippet.Preview(p.Experiment, name) }

// Period returns the period of the charts.
func (p experimentPage) Period() series.Period { return p.Series.Period }

func periodChoices(by series.Period) []choice {
	return []choice{{"day", "day", by == series.Day}, {"week", "week", by == series.Week}, {"month", "month", by == series.Month}}
}

// weights returns the shares that are set, as a ratio.
func weights(r store.Record) string {
	if set := r.WeightsInForce(); set != nil {
		return format.Ratio(set)
	}
	return "equal"
}
