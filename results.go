package sixpack

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// Results is the analysis of an experiment by one KPI. Its lifts, chances and
// intervals are [Number]s that are not known where there is nothing to be said:
// of the control, while an alternative has no participants, when the sample ratio
// is broken, and before a fixed analysis is due.
type Results struct {
	Experiment string `json:"experiment"`
	KPI        string `json:"kpi"` // "" is the default KPI
	// Primary tells whether KPI is [store.Record.PrimaryKPI]. The others are exploratory: the more
	// one looks at, the more of them look good by chance.
	Primary bool    `json:"primary"`
	Measure Measure `json:"measure"`
	// Stratified tells that shares changed, so that alternatives are compared
	// within each epoch, and lifts may differ from the ratios of the rates.
	Stratified   bool                 `json:"stratified"`
	Plan         store.Plan           `json:"plan"` // with defaults for what was left open
	Participants int64                `json:"participants"`
	Excluded     int64                `json:"excluded"`
	Verdict      Verdict              `json:"verdict"`
	SampleRatio  SampleRatio          `json:"sample_ratio"`
	Outlook      Outlook              `json:"outlook"`
	Alternatives []AlternativeResults `json:"alternatives"` // the control first
	Counts       store.Counts         `json:"-"`            // what was analysed: its record, days and epochs
}

// Measure is what alternatives are compared by.
type Measure string

// The measures.
const (
	MeasureRate Measure = "rate" // the fraction of participants that converted
	MeasureMean Measure = "mean" // the mean value per participant, of a KPI that has values
)

// Verdict is what is to be done.
type Verdict struct {
	State  stats.State `json:"state"`
	Leader string      `json:"leader,omitempty"` // the alternative to take, when State says that there is one
	stats.Words
}

// SampleRatio tells whether participants came in the shares that were set.
type SampleRatio struct {
	// Checked is false while there are no expected shares to check.
	Checked bool `json:"checked"`
	// Mismatch tells that the split is broken, so that nothing may be believed: P
	// is below [stats.MismatchLevel].
	Mismatch bool   `json:"mismatch"`
	P        Number `json:"p"` // valid however often one looks
	// ChiSquared, Freedom and ChiSquaredP are Pearson's test, for information.
	ChiSquared  Number `json:"chi_squared"`
	Freedom     int    `json:"freedom"`
	ChiSquaredP Number `json:"chi_squared_p"`
}

// Outlook is what is still needed, and how long that may take.
type Outlook struct {
	// Size is how many participants, of all alternatives, are planned or, in an
	// always-valid analysis without a planned size, suffice to find the plan's
	// effect with the plan's power.
	Size    Number `json:"size"`
	Missing Number `json:"missing"`  // of Size; 0 when it is reached
	PerDay  Number `json:"per_day"`  // participants, in the last seven whole days or fewer
	Days    Number `json:"days"`     // until Size is reached
	SoFar   Number `json:"days_run"` // since the experiment was created, or the first day with participants if that is before
}

// AlternativeResults is what is known of one alternative.
type AlternativeResults struct {
	Name         string `json:"name"`
	Control      bool   `json:"control"`
	Participants int64  `json:"participants"`
	Converted    int64  `json:"converted"` // participants that converted
	Events       int64  `json:"events"`    // conversions, further ones included
	Rate         Number `json:"rate"`
	// RateIn is Wilson's 95 % interval. It describes one alternative: whether two
	// of them overlap decides nothing.
	RateIn Interval `json:"rate_interval"`
	// Total, Mean and MeanIn are of a KPI with values: their sum, the mean per
	// participant and its 95 % interval.
	Total  Number   `json:"total"`
	Mean   Number   `json:"mean"`
	MeanIn Interval `json:"mean_interval"`

	// Standing, and all that follows, is against the control. P is adjusted for the
	// number of alternatives; the intervals exclude 0 exactly when it is at most
	// the plan's alpha. Level is that of the intervals: 1 less a share of alpha.
	Standing     stats.Standing `json:"standing,omitempty"`
	P            Number         `json:"p"`
	Level        Number         `json:"level"`
	Difference   Number         `json:"difference"` // of Measure: a fraction, or a value per participant
	DifferenceIn Interval       `json:"difference_interval"`
	Lift         Number         `json:"lift"` // a fraction: 0.1 is 10 % more than the control
	LiftIn       Interval       `json:"lift_interval"`

	// The chances, the loss and the credible interval describe and decide nothing:
	// they are not corrected for looking. They are unknown where shares changed, as
	// they take all participants for one group.
	ChanceToBeatControl Number   `json:"chance_to_beat_control"`
	ChanceToBeBest      Number   `json:"chance_to_be_best"`
	ExpectedLoss        Number   `json:"expected_loss"` // of Measure, on average, by whoever takes it
	CredibleLift        Credible `json:"credible_lift"` // 95 %; of rates

	// Legacy is what Sixpack's JSON says.
	Legacy Legacy `json:"legacy"`
}

// Credible is an interval that holds a lift with a probability of 95 %, and the
// median.
type Credible struct {
	Interval

	Median Number `json:"median"`
}

// Legacy holds the numbers of Sixpack's own JSON; see [stats.LegacyOf].
type Legacy struct {
	Rate      Number `json:"conversion_rate"`
	Interval  Number `json:"confidence_interval"`
	Statistic Number `json:"test_statistic"` // null is "N/A"
	Level     string `json:"confidence_level"`
}

// Results analyses an experiment by a KPI, "" for the default one; that of its plan
// is [store.Record.PrimaryKPI]. The errors are [ErrUnknown], and [*InvalidError] for a KPI
// that was never seen.
func (e *Engine) Results(ctx context.Context, experiment, kpi string) (Results, error) {
	counts, err := e.Counts(ctx, experiment)
	if err != nil {
		return Results{}, err
	}
	if kpi != "" && kpi != counts.Record.Plan.KPI && !slices.Contains(counts.Record.KPIs, kpi) {
		return Results{}, invalid("kpi name", "%q has no KPI %q", experiment, kpi)
	}
	return Analyze(counts, kpi, e.now()), nil
}

// Epochs returns what was analysed, by epoch: what came of each, and the shares that
// were set, which are the chance that each alternative had to be chosen. Those whom
// nobody drew are one without shares. [stats.Standardized] makes rates of it that
// may be compared although shares moved.
func (r Results) Epochs() []stats.Stratum { return epochs(r.Counts, r.KPI, r.Measure) }

// Summaries analyses the named experiments, or all, sorted by name, each by its
// primary KPI, with one call of the store. They lack what takes long:
// chances, losses and credible intervals.
func (e *Engine) Summaries(ctx context.Context, experiments ...string) ([]Results, error) {
	all, err := e.store.Counts(ctx, experiments...)
	if err != nil {
		return nil, err
	}
	summaries, now := make([]Results, len(all)), e.now()
	var workers sync.WaitGroup
	var next atomic.Int64
	for range min(len(all), runtime.GOMAXPROCS(0)) {
		workers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(all)); i = next.Add(1) - 1 {
				summaries[i] = Summarize(all[i], now)
			}
		})
	}
	workers.Wait()
	return summaries, nil
}

// now is the present in the zone whose days are counted.
func (e *Engine) now() time.Time { return e.config.Now().In(e.config.Location) }

// Analyze analyses counts by a KPI. The date of now in its own location is today.
func Analyze(counts store.Counts, kpi string, now time.Time) Results {
	a := newAnalysis(counts, kpi, now)
	a.describe()
	a.judge()
	a.weigh()
	a.tell()
	return a.Results
}

// Summarize is [Analyze] by the primary KPI, without what takes long: chances,
// losses and credible intervals.
func Summarize(counts store.Counts, now time.Time) Results {
	a := newAnalysis(counts, counts.Record.PrimaryKPI(), now)
	a.describe()
	a.judge()
	a.tell()
	return a.Results
}
