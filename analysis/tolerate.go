package analysis

import (
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// SmallestChange returns the smallest change of a guardrail for the worse, a fraction of the control's rate or mean, that
// [Compare] detects with a power of 80% at a number of participants over all alternatives, in the shares in effect: a fall,
// below 0, or a rise if that is bad. It assumes the control's rate or mean to date. It is NaN if that is not above 0, and if
// so few participants detect no change at all.
func SmallestChange(counts store.Counts, guardrail store.Guardrail, participants float64) float64 {
	const power = 0.8
	b := newBuilder(counts, guardrail.KPI, time.Time{})
	shares, largest := counts.Record.Shares(), math.NaN()
	b.Plan.Power = power
	for _, share := range shares[1:] {
		if share == 0 || shares[0] == 0 {
			continue
		}
		lift := b.smallestLift(participants*shares[0], share/shares[0], !guardrail.RiseIsBad)
		if !(math.Abs(lift) <= math.Abs(largest)) {
			largest = lift
		}
	}
	return largest
}

// smallestLift returns the smallest lift or fall that is detected at a number of participants of the control, if a challenger
// gets ratio participants for each of them.
func (b *builder) smallestLift(control, ratio float64, fall bool) float64 {
	if b.values != nil {
		return stats.SmallestLiftOfMeans(b.meanDesign(ratio), control, fall)
	}
	return stats.SmallestLift(b.design(ratio), control, fall)
}

// DetectableNote says which changes for the worse the guardrails of a ramp detect at the end of its present step and of each
// later one that they judge, if participants keep coming as they do in the present step. It is empty unless the ramp runs and has
// had participants in this step.
func DetectableNote(counts store.Counts, now time.Time) string {
	ramp := counts.Record.Ramp
	here := float64(counts.Participants())
	part := float64(now.Sub(ramp.Next.Add(-ramp.Hold))) / float64(ramp.Hold) // of the present step
	if ramp.Next.IsZero() || !(part > 0) || here <= float64(ramp.Participants) {
		return ""
	}
	perTraffic := (here - float64(ramp.Participants)) / part / ramp.Steps[ramp.Step]
	var notes []string
	for _, g := range ramp.Guardrails {
		expected := float64(ramp.Participants)
		var steps []string
		for _, traffic := range ramp.Steps[ramp.Step : len(ramp.Steps)-1] {
			expected += perTraffic * traffic
			smallest := "none"
			if x := SmallestChange(counts, g, expected); !math.IsNaN(x) {
				smallest = format.Change(stats.Number(x))
			}
			steps = append(steps, fmt.Sprintf("%s at %s of visitors", smallest, format.Percent(traffic)))
		}
		notes = append(notes, fmt.Sprintf("The smallest %s of %s that is detected with a power of 80%%, by the end of a step: %s.",
			worsening(g), KPIName(g.KPI), strings.Join(steps, ", ")))
	}
	return joinSentences(notes...)
}

// Unseen returns why the guardrails of a ramp cannot judge its present step yet, empty if they can: a KPI that must not fall has
// no conversions of the control, or a change for the worse by more than [store.Guardrail.Tolerate] is not ruled out.
func Unseen(counts store.Counts) string {
	for _, g := range counts.Record.Ramp.Guardrails {
		name, b := KPIName(g.KPI), newBuilder(counts, g.KPI, time.Time{})
		switch {
		case g.Tolerate == 0 && !g.RiseIsBad && b.arms[0].Converted == 0:
			return name + " has no conversions of the control yet"
		case g.Tolerate > 0 && !RulesOut(counts, g, g.Tolerate):
			change := worsening(g)
			reason := fmt.Sprintf("a %s of %s by more than %s is not ruled out yet", change, name, format.Percent(g.Tolerate))
			if smallest := math.Abs(SmallestChange(counts, g, float64(b.Participants))); smallest > g.Tolerate {
				reason += fmt.Sprintf(": the participants so far detect a %s of %s or more", change, format.Change(stats.Number(smallest)))
			}
			return reason
		}
	}
	return ""
}

// RulesOut reports whether each challenger is shown not to change a guardrail for the worse by more than a tolerated fraction
// of the control's rate or mean, such as 0.1 for 10%: whether the always-valid interval of its lift excludes all larger falls,
// or rises if these are bad. It is false while there is too little data for an interval, or if the counts are unreliable.
func RulesOut(counts store.Counts, guardrail store.Guardrail, tolerated float64) bool {
	arms := Compare(counts, guardrail.KPI).Arms
	for _, arm := range arms[min(1, len(arms)):] {
		in := arm.Comparison.LiftIn
		if guardrail.RiseIsBad && !(float64(in.Hi) <= tolerated) || !guardrail.RiseIsBad && !(float64(in.Lo) >= -tolerated) {
			return false
		}
	}
	return arms != nil
}
