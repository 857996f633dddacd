package store

import (
	"cmp"
	"math/big"
	"slices"
)

// NewCounts returns counts of an experiment in which nothing is counted yet. Like all functions
// that change counts, it is for implementations of [Store] and for programs that move data.
func NewCounts(r Record, epochs []Epoch) Counts {
	counts := Counts{Record: r, Epochs: epochs, Alternatives: make([]AlternativeCounts, len(r.Alternatives))}
	for i := range counts.Alternatives {
		kpis := make([]KPICounts, len(r.KPIs))
		for j, kpi := range r.KPIs {
			kpis[j].KPI = kpi
		}
		counts.Alternatives[i].KPIs = kpis
	}
	return counts
}

// KPIs returns the names of all KPIs in r, each once, beginning with Record.KPIs.
func (r Counts) KPIs() (names []string) {
	all := slices.Clone(r.Record.KPIs)
	for _, a := range r.Alternatives {
		for _, k := range a.KPIs {
			all = append(all, k.KPI)
		}
	}
	seen := make(map[string]bool)
	for _, name := range all {
		if !seen[name] {
			names = append(names, name)
		}
		seen[name] = true
	}
	return names
}

// Move counts that a client moved from a state to another. It adds alternatives that r
// lacks.
func (r *Counts) Move(from, to ClientState) {
	if from.Choice == Out {
		r.Excluded--
	}
	switch {
	case to.Choice == Out:
		r.Excluded++
	case to.Participates():
		a := r.alternative(to.Choice)
		a.AddDay(to.Day, 1)
		a.AddCohort(to.Epoch, r.cohortDay(to.Day), 1)
	}
}

// Credit counts on a day that what a participating client did for the KPI with an index
// changed. It adds alternatives and unnamed KPIs that r lacks.
func (r *Counts) Credit(c ClientState, kpi int, day Day, from, to ClientConversion) {
	a := r.alternative(c.Choice)
	a.KPIs = grow(a.KPIs, kpi+1)
	a.KPIs[kpi].credit(c.Epoch, r.cohortDay(c.Day), day, from, to)
}

// cohortDay returns the day of the cohort of clients that participated on a day.
func (r *Counts) cohortDay(day Day) Day {
	if r.KnownFrom != 0 && day < r.KnownFrom {
		return UnknownDay
	}
	return day
}

func (r *Counts) alternative(i int) *AlternativeCounts {
	r.Alternatives = grow(r.Alternatives, i+1)
	return &r.Alternatives[i]
}

func grow[T any](s []T, n int) []T { return append(s, make([]T, max(0, n-len(s)))...) }

// credit counts on a day that what a client of a cohort did changed.
func (k *KPICounts) credit(epoch uint32, cohort, day Day, from, to ClientConversion) {
	by := change(from, to)
	k.AddConversions(DayConversions{Day: day, Events: to.Events - from.Events, Sums: by})
	if by != (Sums{}) {
		k.AddCohort(CohortConversions{Epoch: epoch, Day: cohort, Sums: by})
	}
}

// change returns by how much the sums change when what a client did changes. They are exact:
// the square of the total changes by to² − from² = (to−from)·(to+from).
func change(from, to ClientConversion) (by Sums) {
	by.Converted = one(to.Events != 0) - one(from.Events != 0)
	if from.Total == to.Total {
		return by
	}
	by.NonZero = one(to.Total != 0) - one(from.Total != 0)
	was, is := big.NewInt(int64(from.Total)), big.NewInt(int64(to.Total))
	by.Sum = new(big.Int).Sub(is, was)
	by.Squares = is.Mul(by.Sum, is.Add(is, was))
	return by
}

func one(b bool) int64 {
	if b {
		return 1
	}
	return 0
}

// SubClient subtracts what an import of c counts. If all clients of an experiment are
// subtracted from its counts, the rest is the Counts of an import that copies all of it.
// KPIs and alternatives that r lacks are ignored.
func (r *Counts) SubClient(c Client) {
	switch {
	case c.Choice == Out:
		r.Excluded--
	case c.State().Participates() && c.Choice < len(r.Alternatives):
		r.Alternatives[c.Choice].subClient(c, r.cohortDay(c.Day))
	}
}

func (a *AlternativeCounts) subClient(c Client, cohort Day) {
	a.AddDay(c.Day, -1)
	a.AddCohort(c.Epoch, cohort, -1)
	for _, v := range c.Conversions {
		if i := slices.IndexFunc(a.KPIs, func(k KPICounts) bool { return k.KPI == v.KPI }); i >= 0 {
			a.KPIs[i].credit(c.Epoch, cohort, v.Day, v, ClientConversion{})
		}
	}
}

// Add adds the counts of o, which are of the same experiment. KPIs and alternatives that r
// lacks are ignored. Cohorts that are unknown in one of them are unknown in the sum. It does
// not change r.Epochs.
func (r *Counts) Add(o Counts) { r.add(o, 1) }

// Sub subtracts the counts of o, as Add adds them.
func (r *Counts) Sub(o Counts) { r.add(o, -1) }

func (r *Counts) add(o Counts, sign int64) {
	r.Forget(o.KnownFrom)
	r.Excluded += sign * o.Excluded
	for i := range min(len(r.Alternatives), len(o.Alternatives)) {
		r.Alternatives[i].add(o.Alternatives[i], sign, r.cohortDay)
	}
}

func (a *AlternativeCounts) add(o AlternativeCounts, sign int64, cohort func(Day) Day) {
	for _, d := range o.Days {
		a.AddDay(d.Day, sign*d.Participants)
	}
	for _, c := range o.Cohorts {
		a.AddCohort(c.Epoch, cohort(c.Day), sign*c.Participants)
	}
	for j := range a.KPIs {
		k := o.KPI(a.KPIs[j].KPI)
		for _, d := range k.Days {
			a.KPIs[j].day(d.Day).add(d, sign)
		}
		for _, c := range k.Cohorts {
			a.KPIs[j].cohort(c.Epoch, cohort(c.Day)).add(c.Sums, sign)
		}
	}
}

// Forget makes the cohorts of days before a day unknown, and raises r.KnownFrom to it.
func (r *Counts) Forget(before Day) {
	if before <= r.KnownFrom {
		return
	}
	r.KnownFrom = before
	for i := range r.Alternatives {
		a := &r.Alternatives[i]
		cohorts := a.Cohorts
		a.Cohorts = nil
		for _, c := range cohorts {
			a.AddCohort(c.Epoch, r.cohortDay(c.Day), c.Participants)
		}
		for j := range a.KPIs {
			k := &a.KPIs[j]
			cohorts := k.Cohorts
			k.Cohorts = nil
			for _, c := range cohorts {
				k.cohort(c.Epoch, r.cohortDay(c.Day)).add(c.Sums, 1)
			}
		}
	}
}

// AddDay adds n participants on a day.
func (a *AlternativeCounts) AddDay(day Day, n int64) {
	i, found := slices.BinarySearchFunc(a.Days, day, func(d DayParticipants, day Day) int { return cmp.Compare(d.Day, day) })
	if !found {
		a.Days = slices.Insert(a.Days, i, DayParticipants{Day: day})
	}
	a.Days[i].Participants += n
}

// AddCohort adds n participants that entered in an epoch and participated on a day.
func (a *AlternativeCounts) AddCohort(epoch uint32, day Day, n int64) {
	i, found := slices.BinarySearchFunc(a.Cohorts, Cohort{Epoch: epoch, Day: day}, func(c, o Cohort) int {
		return cmp.Or(cmp.Compare(c.Epoch, o.Epoch), cmp.Compare(c.Day, o.Day))
	})
	if !found {
		a.Cohorts = slices.Insert(a.Cohorts, i, Cohort{Epoch: epoch, Day: day})
	}
	a.Cohorts[i].Participants += n
}

// AddDay adds conversions without values on a day.
func (k *KPICounts) AddDay(day Day, converted, events int64) {
	k.AddConversions(DayConversions{Day: day, Events: events, Sums: Sums{Converted: converted}})
}

// AddConversions adds d to the conversions of its day. It copies the sums.
func (k *KPICounts) AddConversions(d DayConversions) { k.day(d.Day).add(d, 1) }

// AddCohort adds c to the conversions of its cohort. It copies the sums.
func (k *KPICounts) AddCohort(c CohortConversions) { k.cohort(c.Epoch, c.Day).add(c.Sums, 1) }

// day returns the conversions of a day.
func (k *KPICounts) day(day Day) *DayConversions {
	i, found := slices.BinarySearchFunc(k.Days, day, func(d DayConversions, day Day) int { return cmp.Compare(d.Day, day) })
	if !found {
		k.Days = slices.Insert(k.Days, i, DayConversions{Day: day, Sums: NewSums()})
	}
	return &k.Days[i]
}

// cohort returns the conversions of a cohort.
func (k *KPICounts) cohort(epoch uint32, day Day) *CohortConversions {
	i, found := slices.BinarySearchFunc(k.Cohorts, CohortConversions{Epoch: epoch, Day: day}, func(c, o CohortConversions) int {
		return cmp.Or(cmp.Compare(c.Epoch, o.Epoch), cmp.Compare(c.Day, o.Day))
	})
	if !found {
		k.Cohorts = slices.Insert(k.Cohorts, i, CohortConversions{Epoch: epoch, Day: day, Sums: NewSums()})
	}
	return &k.Cohorts[i]
}

func (d *DayConversions) add(o DayConversions, sign int64) {
	d.Events += sign * o.Events
	d.Sums.add(o.Sums, sign)
}

// NewSums returns sums that are zero.
func NewSums() Sums { return Sums{Sum: new(big.Int), Squares: new(big.Int)} }

// Add adds o. The numbers of s must not be nil.
func (s *Sums) Add(o Sums) { s.add(o, 1) }

// add adds o, or subtracts it if sign is -1.
func (s *Sums) add(o Sums, sign int64) {
	s.Converted += sign * o.Converted
	s.NonZero += sign * o.NonZero
	addInt(s.Sum, o.Sum, sign)
	addInt(s.Squares, o.Squares, sign)
}

// addInt adds n, or subtracts it if sign is negative. A nil n is 0.
func addInt(sum, n *big.Int, sign int64) {
	switch {
	case n == nil:
	case sign < 0:
		sum.Sub(sum, n)
	default:
		sum.Add(sum, n)
	}
}

// IsZero reports whether all of s is zero.
func (s Sums) IsZero() bool {
	return s.Converted == 0 && s.NonZero == 0 && isZero(s.Sum) && isZero(s.Squares)
}

func isZero(n *big.Int) bool { return n == nil || n.Sign() == 0 }

// IsZero reports whether nothing is counted in r.
func (r *Counts) IsZero() bool {
	return r.Excluded == 0 && !slices.ContainsFunc(r.Alternatives, func(a AlternativeCounts) bool { return !a.isZero() })
}

func (a AlternativeCounts) isZero() bool {
	kpi := func(k KPICounts) bool {
		return slices.ContainsFunc(k.Days, nonZeroDay) || slices.ContainsFunc(k.Cohorts, nonZeroCohort)
	}
	return !slices.ContainsFunc(a.Days, func(d DayParticipants) bool { return d.Participants != 0 }) &&
		!slices.ContainsFunc(a.Cohorts, func(c Cohort) bool { return c.Participants != 0 }) && !slices.ContainsFunc(a.KPIs, kpi)
}

func nonZeroDay(d DayConversions) bool       { return d.Events != 0 || !d.IsZero() }
func nonZeroCohort(c CohortConversions) bool { return !c.IsZero() }

// DropZeros removes the days and cohorts in which nothing is counted. Counts may contain them
// while they are computed, but not when a store returns them.
func (r *Counts) DropZeros() {
	for i := range r.Alternatives {
		r.Alternatives[i].dropZeros()
	}
}

func (a *AlternativeCounts) dropZeros() {
	a.Days = slices.DeleteFunc(a.Days, func(d DayParticipants) bool { return d.Participants == 0 })
	a.Cohorts = slices.DeleteFunc(a.Cohorts, func(c Cohort) bool { return c.Participants == 0 })
	for i := range a.KPIs {
		k := &a.KPIs[i]
		k.Days = slices.DeleteFunc(k.Days, func(d DayConversions) bool { return !nonZeroDay(d) })
		k.Cohorts = slices.DeleteFunc(k.Cohorts, func(c CohortConversions) bool { return !nonZeroCohort(c) })
	}
}
