package report

import (
	"fmt"
	"io"
	"strings"

	"github.com/sixpack-go/sixpack/internal/simulation"
)

// AA writes how often methods found a difference in A/A tests.
func AA(w io.Writer, r simulation.AAReport) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s of %d visitors over %s, split %s; %s convert, whatever they see",
		count(r.Runs, "test"), r.Visitors, count(r.Days, "day"), Ratio(r.Split), Percent(r.Rate))
	if r.MeanDelay > 0 {
		fmt.Fprintf(&b, ", after %.1f days on average", r.MeanDelay)
	}
	b.WriteString(".\n")
	if r.Experiment != "" {
		fmt.Fprintf(&b, "They are like %s.\n", strings.TrimSpace(r.Experiment+" "+r.KPI))
	}
	if r.Runs < r.Asked {
		fmt.Fprintf(&b, "Interrupted: these are the %d of %d that were finished.\n", r.Runs, r.Asked)
	}
	t := newTable("METHOD", "LOOKS", "FALSE ALARMS", "RANGE", "ALLOWED", "FIRST AFTER (MEDIAN)")
	for _, m := range r.Methods {
		after := "-"
		if m.Visitors != nil {
			after = count(*m.Visitors, "visitor")
		}
		t.row(m.Method, m.Looks, fmt.Sprintf("%.1f%% (%d)", 100*m.Share, m.Alarms),
			fmt.Sprintf("%.1f%% to %.1f%%", 100*m.Range[0], 100*m.Range[1]), Percent(m.Allowed), after)
	}
	fmt.Fprintf(&b, "\n%s\n--seed %d replays the same tests again. \"sixpack help aa\" tells how to read this.\n", t, r.Seed)
	return write(w, b.String())
}
