package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/internal/simulation"
)

// AA writes how often methods raised a false alarm in A/A tests.
func AA(w io.Writer, r simulation.AAReport) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s of %s over %s, split %s; %s convert with either alternative", format.Many(r.Runs, "test"),
		format.Many(r.Visitors, "visitor"), format.Many(r.Days, "day"), format.Ratio(r.Split), format.Percent(r.Rate))
	if r.MeanDelay > 0 {
		fmt.Fprintf(&b, ", after %.1f days on average", r.MeanDelay)
	}
	b.WriteString(".\n")
	if r.Experiment != "" {
		fmt.Fprintf(&b, "Visitors, split and rate are those of %s.\n", strings.TrimSpace(r.Experiment+" "+r.KPI))
	}
	if r.Runs < r.Asked {
		fmt.Fprintf(&b, "Interrupted after %d of %d tests.\n", r.Runs, r.Asked)
	}
	t := newTable("METHOD", "LOOKS", "FALSE ALARMS", "RANGE", "ALLOWED", "FIRST AFTER (MEDIAN)")
	for _, m := range r.Methods {
		after := "-"
		if m.Visitors != nil {
			after = format.Many(*m.Visitors, "visitor")
		}
		t.row(m.Method, m.Looks, fmt.Sprintf("%.1f%% (%d)", 100*m.Share, m.Alarms),
			fmt.Sprintf("%.1f%% to %.1f%%", 100*m.Range[0], 100*m.Range[1]), format.Percent(m.Allowed), after)
	}
	fmt.Fprintf(&b, "\n%s\n--seed %d repeats the same tests. \"sixpack help aa\" explains how to read this.\n", t, r.Seed)
	return write(w, b.String())
}
