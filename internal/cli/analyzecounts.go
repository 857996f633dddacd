package cli

import (
	"errors"
	"fmt"
	"strings"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/countsfile"
	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/store"
)

// typed analyzes the counts given as arguments.
func (f *analyzeCmd) typed(in *invocation) error {
	c, err := countsfile.Typed(in.arguments, f.days)
	if err != nil {
		return usageError("%w", err)
	}
	return f.counts(in, c)
}

// file analyzes the counts in a CSV file.
func (f *analyzeCmd) file(in *invocation) error {
	c, err := countsfile.ReadFile(f.csv)
	if errors.Is(err, countsfile.ErrSingle) {
		return usageError("%w", err)
	}
	if err != nil {
		return err
	}
	if len(c.Ignored) > 0 {
		fmt.Fprintf(in.stderr, "%s: ignored columns: %s\n", c.Source, strings.Join(c.Ignored, ", "))
	}
	return f.counts(in, c)
}

// counts analyzes counts from elsewhere.
func (f *analyzeCmd) counts(in *invocation, c countsfile.Counts) (err error) {
	if f.weights != nil {
		if err := c.SetWeights(f.weights); err != nil {
			return usageError("--weights %w", err)
		}
	}
	counts := c.Store()
	if counts.Record.Plan, err = f.apply(in.flags, store.Plan{}); err != nil {
		return err
	}
	r := analysis.New(counts, "", c.Now)
	return f.print(in, report.Analysis{Report: r, Equal: counts.Record.Epoch.Weights == nil})
}
