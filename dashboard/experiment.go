package dashboard

import (
	"cmp"
	"html/template"
	"net/http"
	"slices"
	"strconv"
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
	Series       series.Series
	SeriesPath   string // path of the same data as JSON
	Traffic      string
	Weights      string
	Ramp         *ramp          // nil if there never was one
	Learning     *learning      // nil without a bandit
	Algorithm    string         // the one in effect; empty for hash
	Epochs       *series.Epochs // nil if there is only one
	EpochsPath   string         // path of the same data as JSON
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
		KPIs: kpiChoices(record, of.KPI), Series: series.New(&of.Counts, of.KPI, by),
		SeriesPath: page{Prefix: d.Prefix}.URL("api", "v1", "experiments", record.Name, "series"),
		Traffic:    format.Percent(record.TrafficInForce()),
		Weights:    weights(record), Ramp: newRamp(of.Counts, d.Location, d.now()),
		Description: markdown.HTML(record.Description), Zone: d.Location,
		Snippets: snippet.Call{API: d.api(r), Experiment: record.Name, Alternatives: record.Alternatives, KPI: of.KPI}.All(),
	}
	if !record.Created.IsZero() {
		p.Created = record.Created.In(d.Location)
	}
	return p
}

// addShares adds the algorithm and the traffic split over time.
func (d *dashboard) addShares(p *experimentPage) {
	l := d.engine.Learning(p.Counts)
	if _, isDefault := l.Algorithm.(bandit.Hash); !isDefault {
		p.Algorithm = l.Name
	}
	p.Learning = newLearning(l, p.Report, p.Verdict.Broken())
	s := series.NewEpochs(&p.Counts, p.KPI, d.now()).Thinned(maxEpochs)
	if len(s.Epochs) < 2 {
		return
	}
	p.Epochs = &s
	p.EpochsPath = page{Prefix: d.Prefix}.URL("api", "v1", "experiments", p.Experiment, "epochs") + "?kpi=" + p.KPI + "&limit=" + strconv.Itoa(maxEpochs)
}

// Allows reports whether the state of the experiment allows an operation.
func (p experimentPage) Allows(operation store.Action) bool {
	return sixpack.Allowed(&p.Record, operation) == nil
}

// maxEpochs is the maximum number of epochs in the chart and its table.
const maxEpochs = 100

// kpiChoices returns the KPIs of the select box, the primary one first.
func kpiChoices(r store.Record, chosen string) []choice {
	primary := r.PrimaryKPI()
	all := []choice{{primary, kpiName(primary) + " (primary)"}}
	seen := r.KPIs
	if !slices.Contains(seen, chosen) {
		seen = append(slices.Clone(seen), chosen)
	}
	for _, kpi := range seen {
		if kpi != primary {
			all = append(all, choice{kpi, kpiName(kpi) + " (exploratory)"})
		}
	}
	return all
}

// kpiName returns the name of a KPI. The default KPI has none.
func kpiName(kpi string) string { return cmp.Or(kpi, "default") }

// KPIName returns the name of the KPI that the page shows.
func (p experimentPage) KPIName() string { return kpiName(p.KPI) }

// Converted returns the number of participants of all alternatives who converted.
func (p experimentPage) Converted() (n int64) {
	for _, a := range p.Alternatives {
		n += a.Converted
	}
	return n
}

// Values reports whether alternatives are compared by the mean of values.
func (p experimentPage) Values() bool { return p.Measure == analysis.MeasureMean }

// Goal returns the number of participants that the experiment needs, or 0 if it is unknown.
func (p experimentPage) Goal() int64 {
	if !p.Outlook.Size.Known() {
		return 0
	}
	return int64(p.Outlook.Size)
}

// Done returns the number of participants, at most Goal.
func (p experimentPage) Done() int64 { return min(p.Goal(), p.Participants) }

// Preview returns what to append to a URL to preview an alternative.
func (p experimentPage) Preview(name string) string { return snippet.Preview(p.Experiment, name) }

// Period returns the period of the charts.
func (p experimentPage) Period() series.Period { return p.Series.Period }

// Periods returns the periods of the select box.
func (experimentPage) Periods() []series.Period {
	return []series.Period{series.Day, series.Week, series.Month}
}

// weights returns the weights in effect as a ratio, such as 75/25.
func weights(r store.Record) string {
	if set := r.WeightsInForce(); set != nil {
		return format.Ratio(set)
	}
	return "equal"
}
