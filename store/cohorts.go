package store

import (
	"cmp"
	"slices"
)

// Epochs returns the number of participants by epoch, in order.
func (a AlternativeCounts) Epochs() (epochs []EpochParticipants) {
	for _, c := range a.Cohorts {
		if n := len(epochs); n == 0 || epochs[n-1].Epoch != c.Epoch {
			epochs = append(epochs, EpochParticipants{Epoch: c.Epoch})
		}
		epochs[len(epochs)-1].Participants += c.Participants
	}
	return slices.DeleteFunc(epochs, func(e EpochParticipants) bool { return e.Participants == 0 })
}

// Between returns the number of participants that entered in the epochs from first to last.
func (a AlternativeCounts) Between(first, last uint32) (n int64) {
	for _, c := range between(a.Cohorts, first, last, func(c Cohort) uint32 { return c.Epoch }) {
		n += c.Participants
	}
	return n
}

// Epochs returns the sums by epoch, in order.
func (k KPICounts) Epochs() (epochs []EpochConversions) {
	for _, c := range k.Cohorts {
		if n := len(epochs); n == 0 || epochs[n-1].Epoch != c.Epoch {
			epochs = append(epochs, EpochConversions{Epoch: c.Epoch, Sums: NewSums()})
		}
		epochs[len(epochs)-1].Add(c.Sums)
	}
	return slices.DeleteFunc(epochs, func(e EpochConversions) bool { return e.IsZero() })
}

// Between returns the sums of the clients that entered in the epochs from first to last.
func (k KPICounts) Between(first, last uint32) Sums {
	return sumOf(between(k.Cohorts, first, last, func(c CohortConversions) uint32 { return c.Epoch }))
}

// Totals returns the sums of all clients.
func (k KPICounts) Totals() Sums { return sumOf(k.Cohorts) }

func sumOf(cohorts []CohortConversions) Sums {
	sums := NewSums()
	for _, c := range cohorts {
		sums.Add(c.Sums)
	}
	return sums
}

// between returns the elements of a list, sorted by epoch, from the first epoch to the last.
func between[T any](list []T, first, last uint32, epoch func(T) uint32) []T {
	before := func(t T, number uint32) int { return cmp.Compare(epoch(t), number) }
	from, _ := slices.BinarySearchFunc(list, first, before)
	to, found := slices.BinarySearchFunc(list, last, before)
	for found && to < len(list) && epoch(list[to]) == last {
		to++
	}
	return list[from:max(from, to)]
}
