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

// setRules returns the rules for flags beside --set.
func (f *planCmd) setRules(in *invocation) []rule {
	names := strings.Join(planFlagNames, ", --")
	rules := []rule{{true, len(in.arguments) > 0, "--set is for an experiment: name it"}}
	for _, flag := range []string{"mean", "sd", "alternatives", "split", "per-day", "days", "json"} {
		rules = append(rules, rule{in.flags.Changed(flag), false, fmt.Sprintf("--%s does not go with --set: a plan has --%s", flag, names)})
	}
	return append(rules, rule{true, len(given(in.flags)) > 0, "there is nothing to set: give some of --" + names})
}
