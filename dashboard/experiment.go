package dashboard

import (
	"cmp"
	"html/template"
	"math"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/dashboard/internal/format"
	"github.com/sixpack-go/sixpack/dashboard/internal/markdown"
	"github.com/sixpack-go/sixpack/dashboard/internal/series"
	"github.com/sixpack-go/sixpack/dashboard/internal/snippet"
	"github.com/sixpack-go/sixpack/store"
)

// experimentPage is the page of one experiment.
type experimentPage struct {
	*analysis.Report

	State        state
	Record       store.Record
	Created      time.Time // in the zone of the page; zero if unknown
	Verdict      verdict
	Alternatives []alternative
	Ticks        []string // of the axis on which intervals are drawn: its ends
	KPIs         []choice
	Periods      []choice
	Series       series.Series
	SeriesPath   string // where it is as JSON
	Traffic      string
	Weights      string
	Ramp         *ramp          // nil if there never was one
	Learning     *learning      // nil in a plain test
	Algorithm    string         // in force; empty for the usual one
	Epochs       *series.Epochs // nil if there is only one
	EpochsPath   string         // where they are as JSON
	Zone         *time.Location
	Description  template.HTML
	Snippets     []snippet.Snippet
	History      []change
	Notice       *notice
}

// experiment serves the page of one experiment.
func (d *dashboard) experiment(w http.ResponseWriter, r *http.Request) error {
	counts, kpi, by, err := d.asked(r)
	if err != nil {
		return err
	}
	if r.URL.Query().Get("period") == "" {
		by = series.Readable(&counts, kpi)
	}
	report := analysis.New(counts, kpi, d.Now().In(d.Location))
	p := d.newExperimentPage(r, &report, by)
	d.addShares(&p)
	if p.History, err = d.history(r.Context(), counts.Record); err != nil {
		return err
	}
	p.Notice = noticeOf(r, p.History)
	return d.render(w, r, "experiment", report.Experiment, p)
}

func (d *dashboard) newExperimentPage(r *http.Request, of *analysis.Report, by series.Period) experimentPage {
	record := of.Counts.Record
	rows, ticks := alternatives(of)
	p := experimentPage{
		Report: of, State: stateOf(record), Record: record, Verdict: newVerdict(of), Alternatives: rows, Ticks: ticks,
		KPIs: kpiChoices(record, of.KPI), Periods: periodChoices(by), Series: series.New(&of.Counts, of.KPI, by),
		SeriesPath: page{Prefix: d.Prefix}.URL("api", "v1", "experiments", record.Name, "series"),
		Traffic:    format.Short(100*record.TrafficInForce()) + " %",
		Weights:    weights(record), Ramp: newRamp(record, d.Location),
		Description: markdown.HTML(record.Description), Zone: d.Location,
		Snippets: snippet.Call{API: d.api(r), Experiment: record.Name, Alternatives: record.Alternatives, KPI: of.KPI}.All(),
	}
	if !record.Created.IsZero() {
		p.Created = record.Created.In(d.Location)
	}
	return p
}

// addShares adds how the shares of new participants come about, and what they were.
func (d *dashboard) addShares(p *experimentPage) {
	l := d.engine.Learning(p.Counts)
	if _, usual := l.Algorithm.(sixpack.Hash); !usual {
		p.Algorithm = l.Name
	}
	p.Learning = newLearning(l, p.Report, p.Verdict.Broken())
	s := series.NewEpochs(&p.Counts, p.KPI, d.Now().In(d.Location)).Thinned(drawnEpochs)
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

// LeftOut tells whether chances are unknown because the shares changed.
func (p experimentPage) LeftOut() bool {
	return p.Stratified && !p.Verdict.Broken() && !p.Report.Alternatives[0].ChanceToBeBest.Known()
}

// drawnEpochs is the maximum number of epochs in the chart and its table.
const drawnEpochs = 100

// DrawnEpochs is how many epochs the page asks for.
func (experimentPage) DrawnEpochs() int { return drawnEpochs }

// asked returns the counts of the experiment that a request is about, and the KPI
// and the period that it asks for.
func (d *dashboard) asked(r *http.Request) (counts store.Counts, kpi string, by series.Period, err error) {
	if by, err = series.ParsePeriod(r.URL.Query().Get("period")); err != nil {
		return counts, "", "", err
	}
	if counts, err = d.engine.Counts(r.Context(), r.PathValue("name")); err != nil {
		return counts, "", "", err
	}
	kpi, err = kpiOf(r, counts.Record)
	return counts, kpi, by, err
}

// kpiOf returns the KPI that a request asks for: the primary one if it does not
// say.
func kpiOf(r *http.Request, of store.Record) (string, error) {
	query := r.URL.Query()
	if !query.Has("kpi") {
		return of.PrimaryKPI(), nil
	}
	kpi := query.Get("kpi")
	if kpi != "" && kpi != of.PrimaryKPI() && !slices.Contains(of.KPIs, kpi) {
		return "", refusal{http.StatusNotFound, "This experiment has no such KPI."}
	}
	return kpi, nil
}

// kpiChoices returns the KPIs that can be looked at, the primary one first.
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

// kpiName returns what a KPI is called.
func kpiName(kpi string) string { return cmp.Or(kpi, "default") }

// kpiInSentence returns a KPI as a sentence has it.
func kpiInSentence(kpi string) string { return either(kpi == "", "the default KPI", quoted(kpi)) }

// KPIName returns what the KPI of the page is called.
func (p experimentPage) KPIName() string { return kpiName(p.KPI) }

// Converted returns how many converted, of all alternatives.
func (p experimentPage) Converted() (n int64) {
	for _, a := range p.Alternatives {
		n += a.Converted
	}
	return n
}

// Values tells whether the KPI has values.
func (p experimentPage) Values() bool { return p.Measure == analysis.MeasureMean }

// Goal returns how far the experiment is: how many participants are there, of how
// many that are needed; 0 if that cannot be told.
func (p experimentPage) Goal() (size int64) {
	if !p.Outlook.Size.Known() {
		return 0
	}
	return int64(p.Outlook.Size)
}

// Done returns how many of Goal are there.
func (p experimentPage) Done() int64 { return min(p.Goal(), p.Participants) }

// Progress says how far the experiment is, and how long it may take.
func (p experimentPage) Progress() string {
	o := p.Outlook
	s := format.Count(p.Participants) + " of " + format.Count(p.Goal()) + " participants that this is planned for."
	if p.Plan.Size == 0 {
		s = format.Count(p.Participants) + " of about " + format.Count(p.Goal()) + " participants needed to see " + "a lift of " + format.Short(100*p.Plan.Effect) + " %."
	}
	if o.Missing == 0 || !o.PerDay.Known() {
		return s
	}
	s += " " + format.RoundUp(o.Missing) + " to go, " + format.RoundUp(o.PerDay) + " a day"
	const year = 365
	switch days := math.Ceil(float64(o.Days)); {
	case !o.Days.Known():
		return s + "."
	case days > year:
		return s + ": more than a year."
	case days == 1:
		return s + ": about 1 more day."
	default:
		return s + ": about " + format.RoundUp(o.Days) + " more days."
	}
}

// Forced returns what makes the clients show an alternative.
func (p experimentPage) Forced(name string) string { return snippet.Preview(p.Experiment, name) }

// Period returns the one that is shown.
func (p experimentPage) Period() series.Period { return p.Series.Period }

func periodChoices(by series.Period) []choice {
	return []choice{{"day", "day", by == series.Day}, {"week", "week", by == series.Week}, {"month", "month", by == series.Month}}
}

// weights returns the shares that are set, as they are read.
func weights(r store.Record) string {
	set := r.WeightsInForce()
	if set == nil {
		return "equal"
	}
	shares := make([]string, len(set))
	for i, w := range set {
		shares[i] = format.Short(100 * w)
	}
	return strings.Join(shares, " : ")
}
