package analysis

import (
	"cmp"
	"math"
	"time"

	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// Report is the analysis of an experiment by one KPI. Its lifts, chances and intervals are unknown ([stats.Number.Known])
// for the control, while an alternative has no participants, after a sample-ratio mismatch, and before a fixed analysis is
// due.
type Report struct {
	Experiment string `json:"experiment"`
	KPI        string `json:"kpi"` // "" is the default KPI
	// Primary reports whether KPI is [store.Record.PrimaryKPI]. The others are exploratory: the more of them you check, the
	// more will look good by chance.
	Primary bool    `json:"primary"`
	Measure Measure `json:"measure"`
	// Stratified reports whether the shares changed. The alternatives are then compared within each epoch, and lifts may
	// differ from the ratios of the rates, which pool all epochs: Alternative.Standardized does not.
	Stratified bool       `json:"stratified"`
	Plan       store.Plan `json:"plan"` // with defaults for its zero fields
	// Participants counts those whose alternative was drawn. All numbers of a report are theirs unless it says otherwise.
	Participants int64 `json:"participants"`
	// NotDrawn counts those for whom an alternative was forced, or chosen by the caller. They enter no other number, because they
	// differ from the others in more than chance.
	NotDrawn    int64       `json:"not_drawn"`
	Excluded    int64       `json:"excluded"`
	Verdict     Verdict     `json:"verdict"`
	SampleRatio SampleRatio `json:"sample_ratio"`
	// Suggestion is a KPI or measure with far more data than the one by which the experiment is judged, nil if there is none.
	Suggestion   *Suggestion   `json:"suggestion,omitempty"`
	Outlook      Outlook       `json:"outlook"`
	Alternatives []Alternative `json:"alternatives"` // the control first
	Counts       store.Counts  `json:"-"`            // the counts that were analyzed
}

// Measure is the number by which alternatives are compared.
type Measure = store.Measure

// The measures.
const (
	MeasureRate = store.MeasureRate // the fraction of participants that converted
	MeasureMean = store.MeasureMean // the mean value per participant, for a KPI that has values
)

// Verdict is the conclusion of a report.
type Verdict struct {
	State  stats.State `json:"state"`
	Leader string      `json:"leader,omitempty"` // the alternative to choose, if State names one
	// Final is when the only look of a fixed analysis was made: the verdict and all comparisons are from then. It is zero
	// before, and in an always-valid analysis.
	Final time.Time `json:"final,omitzero"`
	Words
}

// SampleRatio is the check whether participants arrived in the shares that were set.
type SampleRatio struct {
	// Checked is false while there are no expected shares to check.
	Checked bool `json:"checked"`
	// Mismatch reports whether there is a sample-ratio mismatch, which makes all other numbers unreliable: P is below
	// [stats.MismatchLevel]. It stays until an operator acknowledges it or restarts the experiment. After that, only later
	// participants are checked.
	Mismatch bool         `json:"mismatch"`
	P        stats.Number `json:"p"` // valid at any time; the lowest one known while there is a mismatch
	// Since is when the mismatch was noticed, and Acknowledged when an operator acknowledged the last one. They are zero if
	// there is none.
	Since        time.Time `json:"since,omitzero"`
	Acknowledged time.Time `json:"acknowledged,omitzero"`
	// ChiSquared, Freedom and ChiSquaredP are Pearson's test, for information.
	ChiSquared  stats.Number `json:"chi_squared"`
	Freedom     int          `json:"freedom"`
	ChiSquaredP stats.Number `json:"chi_squared_p"`
}

// Alternative holds the numbers of one alternative.
type Alternative struct {
	Name         string       `json:"name"`
	Control      bool         `json:"control"`
	Participants int64        `json:"participants"`
	NotDrawn     int64        `json:"not_drawn"` // participants for whom this alternative was forced or chosen
	Converted    int64        `json:"converted"` // participants that converted
	Events       int64        `json:"events"`    // conversions, including repeated ones and the conversions of NotDrawn
	Rate         stats.Number `json:"rate"`
	// RateIn is Wilson's 95% interval. It describes one alternative: whether the intervals of two alternatives overlap
	// decides nothing.
	RateIn stats.Interval `json:"rate_interval"`
	// Total, Mean and MeanIn are known for a KPI with values: their sum, the mean per participant and its approximate 95%
	// interval. The interval is unknown below 100 values other than 0: with skewed values it would often be wrong.
	Total  stats.Number   `json:"total"`
	Mean   stats.Number   `json:"mean"`
	MeanIn stats.Interval `json:"mean_interval"`
	// Standardized is the rate or mean, by Measure, that the alternative would have had with the participants of all
	// ([stats.Standardized]). It is known only if the shares changed: then Rate and Mean mix the times differently for each
	// alternative.
	Standardized stats.Number `json:"standardized"`

	// Standing and the fields below compare the alternative with the control. P is adjusted for the number of
	// alternatives; the intervals exclude 0 exactly if P is at most the plan's alpha. Level is the confidence level of the
	// intervals: 1 minus a share of alpha.
	Standing     stats.Standing `json:"standing,omitempty"`
	P            stats.Number   `json:"p"`
	Level        stats.Number   `json:"level"`
	Difference   stats.Number   `json:"difference"` // of Measure: a fraction, or a value per participant
	DifferenceIn stats.Interval `json:"difference_interval"`
	Lift         stats.Number   `json:"lift"` // a fraction: 0.1 is 10% more than the control
	LiftIn       stats.Interval `json:"lift_interval"`

	// The chances, the loss and the credible lift describe and decide nothing: they are not corrected for repeated looks.
	// They are unknown if the shares changed, because they treat all participants as one group.
	ChanceToBeatControl stats.Number   `json:"chance_to_beat_control"`
	ChanceToBeBest      stats.Number   `json:"chance_to_be_best"`
	ExpectedLoss        stats.Number   `json:"expected_loss"` // mean loss of Measure if this alternative is chosen
	CredibleLift        stats.Estimate `json:"credible_lift"` // 95%; for rates only

	// Legacy holds the numbers of Sixpack's own JSON, which include NotDrawn.
	Legacy stats.Legacy `json:"legacy"`
}

// New analyzes counts by a KPI, "" for the default one. The date of now in its own location is today.
func New(counts store.Counts, kpi string, now time.Time) Report {
	b := newBuilder(counts, kpi, now)
	b.describe()
	b.compare()
	b.estimateChances()
	b.conclude()
	return b.Report
}

// Summary is [New] by the primary KPI without the fields that take long to compute: chances, losses and credible lifts.
func Summary(counts store.Counts, now time.Time) Report {
	b := newBuilder(counts, counts.Record.PrimaryKPI(), now)
	b.describe()
	b.compare()
	b.conclude()
	return b.Report
}

// Strata returns the counts by epoch, with the weights by which the alternatives were drawn. Participants whose alternative
// was not drawn are left out. [stats.Standardized] makes rates of them that may be compared although the shares changed.
func (r Report) Strata() []stats.Stratum { return strata(r.Counts, r.KPI, r.Measure) }

// builder fills a Report.
type builder struct {
	Report

	now      time.Time
	arms     []stats.Proportion // drawn participants over all epochs
	values   []stats.Values     // of drawn participants over all epochs; nil if rates are compared
	question stats.Question
	decision stats.Decision
}

func newBuilder(counts store.Counts, kpi string, now time.Time) *builder {
	r := counts.Record
	b := &builder{now: now}
	b.Experiment, b.KPI, b.Primary = r.Name, kpi, kpi == r.PrimaryKPI()
	b.Counts, b.Plan, b.Measure = counts, withDefaults(r.Plan), MeasureOf(counts, kpi)
	b.Excluded = counts.Excluded
	b.Alternatives = make([]Alternative, len(r.Alternatives))
	for _, c := range counts.Alternatives {
		n, did := drawn(c, kpi)
		b.arms = append(b.arms, stats.Proportion{Participants: n, Converted: did.Converted})
		if b.Measure == MeasureMean {
			b.values = append(b.values, ValuesOf(n, did))
		}
		b.Participants += n
	}
	b.NotDrawn = counts.Participants() - b.Participants
	b.question = stats.Question{
		Strata: b.Strata(), Alpha: b.Plan.Alpha, MinEffect: b.Plan.Effect,
		Planned: b.Plan.Size, Fixed: b.Plan.Analysis == store.AnalysisFixed,
	}
	b.question.Ratio = sampleRatio(counts, b.question)
	b.Stratified = len(b.question.Strata) > 1
	return b
}

// withDefaults returns p with defaults for its zero fields, except Baseline and Size.
func withDefaults(p store.Plan) store.Plan {
	const effect, power, alpha = 0.05, 0.8, 0.05
	p.Effect = cmp.Or(p.Effect, effect)
	p.Power = cmp.Or(p.Power, power)
	p.Alpha = cmp.Or(p.Alpha, alpha)
	p.Analysis = cmp.Or(p.Analysis, store.AnalysisAlwaysValid)
	return p
}

// minNonZero is the number of values other than 0 below which the interval of a mean is withheld.
const minNonZero = 100

// describe sets the numbers of each alternative that need no comparison.
func (b *builder) describe() {
	const confidence = 0.95
	all := func(i int) stats.Proportion { // as Sixpack counts
		c := b.Counts.Alternatives[i]
		return stats.Proportion{Participants: c.Participants(), Converted: c.KPI(b.KPI).Converted()}
	}
	for i := range b.Alternatives {
		c, x := b.arms[i], unknownAlternative()
		x.Name, x.Control, x.Participants, x.Converted = b.Counts.Record.Alternatives[i], i == 0, c.Participants, c.Converted
		x.NotDrawn = all(i).Participants - c.Participants
		x.Events = b.Counts.Alternatives[i].KPI(b.KPI).Events()
		if c.Valid() {
			x.Rate, x.RateIn = stats.Number(c.Rate()), stats.Wilson(c, confidence)
		}
		if b.values != nil {
			v := b.values[i]
			x.Total, x.Mean = stats.Number(v.Sum), stats.Number(v.Mean())
			if v.NonZero >= minNonZero {
				x.MeanIn = v.Interval(confidence)
			}
		}
		x.Legacy = stats.LegacyOf(all(0), all(i), i == 0)
		b.Alternatives[i] = x
	}
	if b.Stratified {
		for i, x := range stats.Standardized(b.question.Strata) {
			b.Alternatives[i].Standardized = stats.Number(x)
		}
	}
}

// unknownAlternative returns an alternative whose numbers are all unknown.
func unknownAlternative() Alternative {
	nan := stats.Number(math.NaN())
	in := stats.Interval{Lo: nan, Hi: nan}
	return Alternative{
		Rate: nan, RateIn: in, Total: nan, Mean: nan, MeanIn: in, Standardized: nan,
		P: nan, Level: nan, Difference: nan, DifferenceIn: in, Lift: nan, LiftIn: in,
		ChanceToBeatControl: nan, ChanceToBeBest: nan, ExpectedLoss: nan, CredibleLift: stats.Estimate{Interval: in, Median: nan},
	}
}

// conclude sets the outlook and the words of the verdict.
func (b *builder) conclude() {
	b.Outlook = b.outlook()
	w := writer{
		decision: b.decision, question: b.question, names: b.Counts.Record.Alternatives,
		days: float64(b.Outlook.SoFar), daysLeft: float64(b.Outlook.Days), typicalDays: float64(b.Outlook.TypicalDays),
		final: b.Verdict.Final, mismatch: b.Counts.Record.Mismatch, since: b.SampleRatio.Since,
	}
	b.Suggestion = b.suggestion()
	if b.Alternatives[0].ChanceToBeBest.Known() {
		for _, x := range b.Alternatives {
			w.chances, w.losses = append(w.chances, float64(x.ChanceToBeBest)), append(w.losses, float64(x.ExpectedLoss))
		}
	}
	b.Verdict.Words = w.words()
}
