package sixpack

import (
	"context"
	"fmt"

	"github.com/sixpack-go/sixpack/store"
)

// checkPlan finds what is wrong with a plan.
func checkPlan(p store.Plan) error {
	const (
		mostEffect = 100 // of the control's rate
		mostAlpha  = 0.5
	)
	if err := checkKPI(p.KPI); err != nil {
		return err
	}
	switch {
	case !(p.Effect >= 0 && p.Effect <= mostEffect):
		return fmt.Errorf("%w: the effect %v is not a lift above 0, such as 0.1 for 10 %%", ErrPlan, p.Effect)
	case !(p.Baseline >= 0 && p.Baseline < 1):
		return fmt.Errorf("%w: the baseline %v is not a rate between 0 and 1", ErrPlan, p.Baseline)
	case !(p.Power >= 0 && p.Power < 1):
		return fmt.Errorf("%w: the power %v is not between 0 and 1", ErrPlan, p.Power)
	case !(p.Alpha >= 0 && p.Alpha <= mostAlpha):
		return fmt.Errorf("%w: alpha, %v, is not between 0 and 0.5", ErrPlan, p.Alpha)
	case p.Size < 0:
		return fmt.Errorf("%w: the size %d is negative", ErrPlan, p.Size)
	case p.Analysis != "" && p.Analysis != store.AnalysisAlwaysValid && p.Analysis != store.AnalysisFixed:
		return fmt.Errorf("%w: the analysis %q is neither %q nor %q", ErrPlan, p.Analysis, store.AnalysisAlwaysValid, store.AnalysisFixed)
	case p.Analysis == store.AnalysisFixed && p.Size == 0:
		return fmt.Errorf("%w: a fixed analysis needs the size at which it is made", ErrPlan)
	default:
		return nil
	}
}

// SetPlan sets what an experiment is to find out, for which zero fields leave the
// defaults: an effect of 5 %, a power of 80 %, an alpha of 5 %, an always-valid
// analysis of the default KPI.
//
// A fixed analysis is one for a size that was fixed before anything was seen: it
// is refused, with [ErrLate], once somebody takes part. The other errors are
// [ErrUnknown], [*InvalidError] and [ErrPlan] of a plan that makes no sense.
func (e *Engine) SetPlan(ctx context.Context, experiment string, p store.Plan) error {
	if err := checkPlan(p); err != nil {
		return err
	}
	late := false
	if p.Analysis == store.AnalysisFixed {
		counts, err := e.Counts(ctx, experiment)
		if err != nil {
			return err
		}
		late = counts.Participants() > 0
	}
	return e.edit(ctx, experiment, ActionPlan, func(r *store.Record) error {
		if late && r.Plan != p {
			return tooLate(experiment)
		}
		r.Plan = p
		return nil
	})
}

func tooLate(experiment string) error {
	return fmt.Errorf("%w: a fixed analysis of %q has to be planned before anybody takes part: reset it first", ErrLate, experiment)
}
