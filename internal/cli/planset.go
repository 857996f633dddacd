package cli

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/internal/samplesize"
)

// write changes the plan of the named experiment.
func (f *planCmd) write(ctx context.Context, in *invocation) (err error) {
	if err := refuse(f.setRules(in)...); err != nil {
		return err
	}
	found, err := in.settings()
	if err != nil {
		return err
	}
	to, err := datastore.OpenExperiments(ctx, &found.Config, f.from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	all, err := datastore.Counts(ctx, to, in.arguments[0])
	if err != nil {
		return err
	}
	name := all[0].Record.Name
	p, err := f.apply(in.flags, all[0].Record.Plan)
	if err != nil {
		return err
	}
	if err := to.SetPlan(ctx, name, p); err != nil {
		return err
	}
	all[0].Record.Plan = p
	r := analysis.Summary(all[0], time.Now())
	return report.StoredPlan(in.stdout, name, r.KPI, r.Plan)
}

// setCommand returns the command that sets a plan.
func (f *planCmd) setCommand(in *invocation, p samplesize.Plan) string {
	name := "EXPERIMENT"
	if p.Experiment != "" {
		name = quote(p.Experiment)
	}
	name += fromFlag(f.from)
	var set strings.Builder
	for _, flag := range []string{"kpi", "alpha", "power", "baseline"} {
		if in.flags.Changed(flag) {
			set.WriteString(" --" + flag + " " + quote(in.flags.Lookup(flag).Value.String()))
		}
	}
	effect := fraction(p.Effect)
	return in.commandLine(fmt.Sprintf("plan %s --set%s --effect %v --size %.0f", name, set.String(), &effect, float64(p.AlwaysValid.Total)))
}
