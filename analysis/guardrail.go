package analysis

import (
	"fmt"

	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// Obstacle returns why the ramp of an experiment must not go on, empty if it may: a sample-ratio mismatch, invalid counts, or a
// guardrail that became worse.
func Obstacle(counts store.Counts) string {
	r := &counts.Record
	if d := Compare(counts, r.PrimaryKPI()); d.State == stats.StateMismatch {
		return "there is a sample-ratio mismatch"
	} else if d.State == stats.StateInvalidCounts {
		return "the counts are invalid"
	}
	for _, g := range r.Ramp.Guardrails {
		bad, became := stats.StandingWorse, "fell"
		if g.RiseIsBad {
			bad, became = stats.StandingBetter, "rose"
		}
		for i, arm := range Compare(counts, g.KPI).Arms {
			if arm.Standing == bad {
				return fmt.Sprintf("%s %s with %s", KPIName(g.KPI), became, quoted(r.Alternatives)[i])
			}
		}
	}
	return ""
}

// worsening returns the change of a guardrail that is for the worse: "fall" or "rise".
func worsening(g store.Guardrail) string {
	if g.RiseIsBad {
		return "rise"
	}
	return "fall"
}
