package dashboard

import (
	"cmp"
	"html/template"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
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
	Series       series
	SeriesPath   string // where it is as JSON
	Traffic      string
	Weights      string
	Ramp         *ramp        // nil if there never was one
	Learning     *learning    // nil in a plain test
	Algorithm    string       // in force; empty for the usual one
	Epochs       *epochSeries // nil while there is but one
	EpochsPath   string       // where they are as JSON
	EpochRows    []epochRow
	Description  template.HTML
	Snippets     []snippet
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
		by = readable(&counts, kpi)
	}
	results := analysis.New(counts, kpi, d.Now().In(d.Location))
	p := d.newExperimentPage(r, &results, by)
	d.addShares(&p)
	if p.History, err = d.history(r.Context(), counts.Record); err != nil {
		return err
	}
	p.Notice = noticeOf(r, p.History)
	return d.render(w, r, "experiment", results.Experiment, p)
}

func (d *dashboard) newExperimentPage(r *http.Request, of *analysis.Report, by period) experimentPage {
	record := of.Counts.Record
	rows, scale := alternatives(of)
	p := experimentPage{
		Report: of, State: stateOf(record), Record: record, Verdict: newVerdict(of), Alternatives: rows, Ticks: ticks(scale, of.Measure),
		KPIs: kpiChoices(record, of.KPI), Periods: periodChoices(by), Series: newSeries(&of.Counts, of.KPI, by),
		SeriesPath: page{Prefix: d.Prefix}.URL("api", "v1", "experiments", record.Name, "series"),
		Traffic:    short(100*record.TrafficInForce()) + " %",
		Weights:    weights(record), Ramp: newRamp(record, d.Location),
		Description: markdown(record.Description), Snippets: snippets(d.api(r), record, of.KPI),
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
	s := newEpochSeries(&p.Counts, p.KPI, d.Now().In(d.Location)).thinned(drawnEpochs)
	if len(s.Epochs) < 2 {
		return
	}
	p.Epochs, p.EpochRows = &s, s.Rows(d.Location)
	p.EpochsPath = page{Prefix: d.Prefix}.URL("api", "v1", "experiments", p.Experiment, "epochs")
}

// LeftOut tells whether chances are unknown because the shares changed.
func (p experimentPage) LeftOut() bool {
	return p.Stratified && !p.Verdict.Broken() && !p.Report.Alternatives[0].ChanceToBeBest.Known()
}

// asked returns the counts of the experiment that a request is about, and the KPI
// and the period that it asks for.
func (d *dashboard) asked(r *http.Request) (counts store.Counts, kpi string, by period, err error) {
	if by, err = periodOf(r.URL.Query().Get("period")); err != nil {
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

// readable returns the period whose chart and table are not too long to read.
func readable(counts *store.Counts, kpi string) period {
	const days, weeks = 400, 7 * 260
	first, last := span(counts, kpi)
	switch n := int(last) - int(first); {
	case n <= days:
		return byDay
	case n <= weeks:
		return byWeek
	default:
		return byMonth
	}
}

// ticks returns what the ends of an axis are.
func ticks(a axis, of analysis.Measure) []string {
	ends := stats.Interval{Lo: stats.Number(a.lo), Hi: stats.Number(a.hi)}
	switch {
	case !(a.hi > a.lo):
		return nil
	case of == analysis.MeasureMean:
		return []string{value(ends.Lo, ends), value(ends.Hi, ends)}
	default:
		return []string{rate(ends.Lo, ends), rate(ends.Hi, ends)}
	}
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
	s := count(p.Participants) + " of " + count(p.Goal()) + " participants that this is planned for."
	if p.Plan.Size == 0 {
		s = count(p.Participants) + " of about " + count(p.Goal()) + " participants needed to see " + "a lift of " + short(100*p.Plan.Effect) + " %."
	}
	if o.Missing == 0 || !o.PerDay.Known() {
		return s
	}
	s += " " + whole(o.Missing) + " to go, " + whole(o.PerDay) + " a day"
	const year = 365
	switch days := math.Ceil(float64(o.Days)); {
	case !o.Days.Known():
		return s + "."
	case days > year:
		return s + ": more than a year."
	case days == 1:
		return s + ": about 1 more day."
	default:
		return s + ": about " + whole(o.Days) + " more days."
	}
}

// Forced returns what makes the clients show an alternative.
func (p experimentPage) Forced(name string) string { return forced(p.Experiment, name) }

// Period returns the one that is shown.
func (p experimentPage) Period() period { return p.Series.Period }

func periodChoices(by period) []choice {
	return []choice{{"day", "day", by == byDay}, {"week", "week", by == byWeek}, {"month", "month", by == byMonth}}
}

// weights returns the shares that are set, as they are read.
func weights(r store.Record) string {
	set := r.WeightsInForce()
	if set == nil {
		return "equal"
	}
	sum := 0.0
	for _, w := range set {
		sum += w
	}
	shares := make([]string, len(set))
	for i, w := range set {
		shares[i] = short(100 * w / sum)
	}
	return strings.Join(shares, " : ")
}

// short writes a number with at most four digits.
func short(x float64) string {
	const precision = 4
	return strconv.FormatFloat(x, 'g', precision, 64)
}
