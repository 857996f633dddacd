package sixpack

import (
	"context"

	"github.com/sixpack-go/sixpack/store"
)

// checkPlan refuses an invalid plan.
func checkPlan(p store.Plan) error {
	const (
		maxEffect = 100 // of the control's rate
		maxAlpha  = 0.5
	)
	if err := checkKPI(p.KPI); err != nil {
		return err
	}
	switch {
	case !(p.Effect >= 0 && p.Effect <= maxEffect):
		return invalid("plan", "the effect %v is not a lift above 0, such as 0.1 for 10%%", p.Effect)
	case !(p.Baseline >= 0 && p.Baseline < 1):
		return invalid("plan", "the baseline %v is not a rate between 0 and 1", p.Baseline)
	case !(p.Power >= 0 && p.Power < 1):
		return invalid("plan", "the power %v is not between 0 and 1", p.Power)
	case !(p.Alpha >= 0 && p.Alpha <= maxAlpha):
		return invalid("plan", "the alpha %v is not between 0 and 0.5", p.Alpha)
	case p.Measure != "" && p.Measure != store.MeasureRate && p.Measure != store.MeasureMean:
		return invalid("plan", "the measure %q is neither %q nor %q", p.Measure, store.MeasureRate, store.MeasureMean)
	case p.Size < 0:
		return invalid("plan", "the size %d is negative", p.Size)
	case p.Analysis != "" && p.Analysis != store.AnalysisAlwaysValid && p.Analysis != store.AnalysisFixed:
		return invalid("plan", "the analysis %q is neither %q nor %q", p.Analysis, store.AnalysisAlwaysValid, store.AnalysisFixed)
	case p.Analysis == store.AnalysisFixed && p.Size == 0:
		return invalid("plan", "a fixed analysis needs a size: the number of participants at which it is made")
	default:
		return nil
	}
}

// SetPlan sets the question that an experiment is to answer. Zero fields mean the defaults:
// an effect of 5%, a power of 80%, an alpha of 5%, and an always-valid analysis by the KPI and
// the measure of the first conversion, see [store.Plan].
//
// It is refused with a [*ConflictError] for an archived experiment, and for a fixed
// analysis once there are participants, because its size must be fixed before the data is
// seen. The other errors are [ErrUnknown] and [*InvalidError].
func (e *Engine) SetPlan(ctx context.Context, experiment string, p store.Plan) error {
	if err := checkPlan(p); err != nil {
		return err
	}
	return e.edit(ctx, experiment, store.ActionPlan, func(r *store.Record) error {
		if r.Plan == p {
			return nil
		}
		r.Plan, r.Look = p, store.Look{}
		return e.checkLate(ctx, r)
	})
}

// checkLate refuses a fixed analysis in the plan of r once there are participants.
func (e *Engine) checkLate(ctx context.Context, r *store.Record) error {
	if r.Plan.Analysis != store.AnalysisFixed {
		return nil
	}
	counts, err := e.Counts(ctx, r.Name)
	if err == nil && counts.Participants() > 0 {
		err = &ConflictError{Experiment: r.Name, Message: "A fixed analysis must be planned before the first participant. Restart the experiment first."}
	}
	return err
}
