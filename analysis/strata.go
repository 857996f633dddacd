package analysis

import (
	"cmp"
	"math/big"
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
		for _, e := range a.Epochs {
			if e.Participants != 0 && isDrawn(e.Epoch) {
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
func drawn(a store.AlternativeCounts, kpi string) (n int64, c store.EpochConversions) {
	c.Sum, c.Squares = new(big.Int), new(big.Int)
	for _, e := range a.Epochs {
		if isDrawn(e.Epoch) {
			n += e.Participants
		}
	}
	for _, e := range a.KPI(kpi).Epochs {
		if !isDrawn(e.Epoch) {
			continue
		}
		c.Converted += e.Converted
		c.NonZero += e.NonZero
		if e.Sum != nil {
			c.Sum.Add(c.Sum, e.Sum)
		}
		if e.Squares != nil {
			c.Squares.Add(c.Squares, e.Squares)
		}
	}
	return n, c
}

// stratum returns the counts of one epoch.
func stratum(counts store.Counts, kpi string, number uint32) stats.Stratum {
	s := stats.Stratum{Weights: weightsOf(counts, number)}
	for _, a := range counts.Alternatives {
		n := inEpoch(a.Epochs, number, func(e store.EpochParticipants) uint32 { return e.Epoch }).Participants
		c := inEpoch(a.KPI(kpi).Epochs, number, func(e store.EpochConversions) uint32 { return e.Epoch })
		s.Arms = append(s.Arms, stats.Proportion{Participants: n, Converted: c.Converted})
		s.Values = append(s.Values, ValuesOf(n, c))
	}
	return s
}

// weightsOf returns the weights of an epoch, or nil if they are not known.
func weightsOf(counts store.Counts, number uint32) []float64 {
	e := inEpoch(counts.Epochs, number, func(e store.Epoch) uint32 { return e.Number })
	if e.Number == 0 {
		return nil
	}
	return e.Shares(len(counts.Alternatives))
}

// Values returns the sums of the KPI's values over the drawn participants of an alternative, by its index.
func (r Report) Values(alternative int) stats.Values {
	return ValuesOf(drawn(r.Counts.Alternatives[alternative], r.KPI))
}

// isDrawn reports whether the alternatives of an epoch were drawn: not in epoch 0, whose participants got one that was forced, or
// chosen by the caller.
func isDrawn(epoch uint32) bool { return epoch != 0 }

// inEpoch returns the element of a list, sorted by epoch, that belongs to the epoch with the given number, or a zero element.
func inEpoch[T any](list []T, number uint32, epoch func(T) uint32) (found T) {
	i, ok := slices.BinarySearchFunc(list, number, func(t T, number uint32) int { return cmp.Compare(epoch(t), number) })
	if ok {
		found = list[i]
	}
	return found
}

// ValuesOf returns the sums of a KPI's values over n participants, in units. It keeps the exact sums of the store, which are in
// millionths.
func ValuesOf(n int64, c store.EpochConversions) stats.Values {
	const million = 1e6
	return stats.ExactValues(n, c.NonZero, c.Sum, c.Squares, million)
}
