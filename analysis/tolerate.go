package analysis

import (
	"math"
	"time"

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
