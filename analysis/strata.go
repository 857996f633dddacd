package analysis

import (
	"cmp"
	"math"
	"slices"

	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// strata returns a stratum for each epoch with drawn participants, or for the current epoch if there are none.
func strata(counts store.Counts, kpi string, m Measure) []stats.Stratum {
	var all []stats.Stratum
	for _, number := range drawnEpochs(counts) {
		s := stratum(counts, kpi, number)
		if m == MeasureRate {
			s.Values = nil
		}
		all = append(all, s)
	}
	return all
}

// drawnEpochs returns the numbers of the epochs with drawn participants, in order, or the number of the current epoch.
func drawnEpochs(counts store.Counts) (numbers []uint32) {
	for _, a := range counts.Alternatives {
		for _, e := range a.Epochs() {
			if isDrawn(e.Epoch) {
				numbers = append(numbers, e.Epoch)
			}
		}
	}
	if numbers == nil {
		return []uint32{counts.Record.Epoch.Number}
	}
	slices.Sort(numbers)
	return slices.Compact(numbers)
}

// drawn returns the sums over the epochs of drawn participants of one alternative: how many there are, and what they did for a
// KPI.
func drawn(a store.AlternativeCounts, kpi string) (n int64, c store.Sums) {
	const first, last = notDrawn + 1, math.MaxUint32
	return a.Between(first, last), a.KPI(kpi).Between(first, last)
}

// stratum returns the counts of one epoch.
func stratum(counts store.Counts, kpi string, number uint32) stats.Stratum {
	s := stats.Stratum{Weights: weightsOf(counts, number)}
	for _, a := range counts.Alternatives {
		n, c := a.Between(number, number), a.KPI(kpi).Between(number, number)
		s.Arms = append(s.Arms, stats.Proportion{Participants: n, Converted: c.Converted})
		s.Values = append(s.Values, ValuesOf(n, c))
	}
	return s
}

// weightsOf returns the weights of an epoch, or nil if they are not known.
func weightsOf(counts store.Counts, number uint32) []float64 {
	i, ok := slices.BinarySearchFunc(counts.Epochs, number, func(e store.Epoch, number uint32) int { return cmp.Compare(e.Number, number) })
	if !ok || !isDrawn(number) {
		return nil
	}
	return counts.Epochs[i].Shares(len(counts.Alternatives))
}

// Values returns the sums of the KPI's values over the drawn participants of an alternative, by its index.
func (r Report) Values(alternative int) stats.Values {
	return ValuesOf(drawn(r.Counts.Alternatives[alternative], r.KPI))
}

// notDrawn is the epoch of the participants whose alternative was not drawn, but forced, or chosen by the caller.
const notDrawn = 0

// isDrawn reports whether the alternatives of an epoch were drawn.
func isDrawn(epoch uint32) bool { return epoch != notDrawn }

// ValuesOf returns the sums of a KPI's values over n participants, in units. It keeps the exact sums of the store, which are in
// millionths.
func ValuesOf(n int64, c store.Sums) stats.Values {
	const million = 1e6
	return stats.ExactValues(n, c.NonZero, c.Sum, c.Squares, million)
}
