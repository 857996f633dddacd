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
		a.AddEpoch(to.Epoch, 1)
	}
}

// Credit counts on a day that what a participating client did for the KPI with an index
// changed. It adds alternatives and unnamed KPIs that r lacks.
func (r *Counts) Credit(c ClientState, kpi int, day Day, from, to ClientConversion) {
	a := r.alternative(c.Choice)
	a.KPIs = grow(a.KPIs, kpi+1)
	a.KPIs[kpi].credit(c.Epoch, day, from, to)
}

func (r *Counts) alternative(i int) *AlternativeCounts {
	r.Alternatives = grow(r.Alternatives, i+1)
	return &r.Alternatives[i]
}

func grow[T any](s []T, n int) []T { return append(s, make([]T, max(0, n-len(s)))...) }

func (k *KPICounts) credit(epoch uint32, day Day, from, to ClientConversion) {
	e := EpochConversions{Epoch: epoch, Sum: new(big.Int), Squares: new(big.Int)}
	if from.Events == 0 && to.Events != 0 {
		e.Converted = 1
	}
	if from.Events != 0 && to.Events == 0 {
		e.Converted = -1
	}
	k.AddDay(day, e.Converted, to.Events-from.Events)
	if e.Converted != 0 || to.Total != from.Total {
		e.raise(from.Total, to.Total)
		k.AddEpoch(e)
	}
}

// raise counts that the total of a client changed, exactly: its square changes by
// to² − from² = (to−from)·(to+from).
func (e *EpochConversions) raise(from, to Amount) {
	if from == 0 && to != 0 {
		e.NonZero++
	}
	if from != 0 && to == 0 {
		e.NonZero--
	}
	was, is := big.NewInt(int64(from)), big.NewInt(int64(to))
	by := new(big.Int).Sub(is, was)
	e.Sum.Add(e.Sum, by)
	e.Squares.Add(e.Squares, by.Mul(by, is.Add(is, was)))
}

// SubClient subtracts what an import of c counts. If all clients of an experiment are
// subtracted from its counts, the rest is the Counts of an import that copies all of it.
// KPIs and alternatives that r lacks are ignored.
func (r *Counts) SubClient(c Client) {
	switch {
	case c.Choice == Out:
		r.Excluded--
	case c.State().Participates() && c.Choice < len(r.Alternatives):
		r.Alternatives[c.Choice].subClient(c)
	}
}

func (a *AlternativeCounts) subClient(c Client) {
	a.AddDay(c.Day, -1)
	a.AddEpoch(c.Epoch, -1)
	for _, v := range c.Conversions {
		if i := slices.IndexFunc(a.KPIs, func(k KPICounts) bool { return k.KPI == v.KPI }); i >= 0 {
			a.KPIs[i].credit(c.Epoch, v.Day, v, ClientConversion{})
		}
	}
}

// Add adds the counts of o, which are of the same experiment. KPIs and alternatives that r
// lacks are ignored. It does not change r.Epochs.
func (r *Counts) Add(o Counts) { r.add(o, 1) }

// Sub subtracts the counts of o, as Add adds them.
func (r *Counts) Sub(o Counts) { r.add(o, -1) }

func (r *Counts) add(o Counts, sign int64) {
	r.Excluded += sign * o.Excluded
	for i := range min(len(r.Alternatives), len(o.Alternatives)) {
		r.Alternatives[i].add(o.Alternatives[i], sign)
	}
}

func (a *AlternativeCounts) add(o AlternativeCounts, sign int64) {
	for _, d := range o.Days {
		a.AddDay(d.Day, sign*d.Participants)
	}
	for _, e := range o.Epochs {
		a.AddEpoch(e.Epoch, sign*e.Participants)
	}
	for j := range a.KPIs {
		k := o.KPI(a.KPIs[j].KPI)
		for _, d := range k.Days {
			a.KPIs[j].AddDay(d.Day, sign*d.Converted, sign*d.Events)
		}
		for _, e := range k.Epochs {
			a.KPIs[j].epoch(e.Epoch).add(e, sign)
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

// AddEpoch adds n participants in an epoch.
func (a *AlternativeCounts) AddEpoch(epoch uint32, n int64) {
	i, found := slices.BinarySearchFunc(a.Epochs, epoch, func(e EpochParticipants, n uint32) int { return cmp.Compare(e.Epoch, n) })
	if !found {
		a.Epochs = slices.Insert(a.Epochs, i, EpochParticipants{Epoch: epoch})
	}
	a.Epochs[i].Participants += n
}

// AddDay adds conversions on a day.
func (k *KPICounts) AddDay(day Day, converted, events int64) {
	i, found := slices.BinarySearchFunc(k.Days, day, func(d DayConversions, day Day) int { return cmp.Compare(d.Day, day) })
	if !found {
		k.Days = slices.Insert(k.Days, i, DayConversions{Day: day})
	}
	k.Days[i].Converted += converted
	k.Days[i].Events += events
}

// AddEpoch adds e to the conversions of its epoch. It copies the sums.
func (k *KPICounts) AddEpoch(e EpochConversions) { k.epoch(e.Epoch).add(e, 1) }

func (k *KPICounts) epoch(number uint32) *EpochConversions {
	i, found := slices.BinarySearchFunc(k.Epochs, number, func(e EpochConversions, n uint32) int { return cmp.Compare(e.Epoch, n) })
	if !found {
		k.Epochs = slices.Insert(k.Epochs, i, EpochConversions{Epoch: number, Sum: new(big.Int), Squares: new(big.Int)})
	}
	return &k.Epochs[i]
}

// Add adds o, which may be of another epoch. The sums of e must not be nil.
func (e *EpochConversions) Add(o EpochConversions) { e.add(o, 1) }

// add adds o, or subtracts it if sign is -1.
func (e *EpochConversions) add(o EpochConversions, sign int64) {
	e.Converted += sign * o.Converted
	e.NonZero += sign * o.NonZero
	addInt(e.Sum, o.Sum, sign)
	addInt(e.Squares, o.Squares, sign)
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

// DropZeros removes the days and epochs in which nothing is counted. Counts may contain them
// while they are computed, but not when a store returns them. Sums must not be nil.
func (r *Counts) DropZeros() {
	for i := range r.Alternatives {
		r.Alternatives[i].dropZeros()
	}
}

func (a *AlternativeCounts) dropZeros() {
	a.Days = slices.DeleteFunc(a.Days, func(d DayParticipants) bool { return d.Participants == 0 })
	a.Epochs = slices.DeleteFunc(a.Epochs, func(e EpochParticipants) bool { return e.Participants == 0 })
	for i := range a.KPIs {
		k := &a.KPIs[i]
		k.Days = slices.DeleteFunc(k.Days, func(d DayConversions) bool { return d.Converted == 0 && d.Events == 0 })
		k.Epochs = slices.DeleteFunc(k.Epochs, func(e EpochConversions) bool {
			return e.Converted == 0 && e.NonZero == 0 && e.Sum.Sign() == 0 && e.Squares.Sign() == 0
		})
	}
}
