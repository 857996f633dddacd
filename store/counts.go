package store

import (
	"cmp"
	"math/big"
	"slices"
)

// Counts holds everything that is counted of one experiment.
type Counts struct {
	Record       Record
	Excluded     int64   // clients that are Out now
	Epochs       []Epoch // all so far, by number, the present one last
	Alternatives []AlternativeCounts
}

// AlternativeCounts is what one alternative of Record.Alternatives got. Days
// and Epochs are in order and hold only what is not zero; their sums agree.
type AlternativeCounts struct {
	Days   []DayParticipants
	Epochs []EpochParticipants
	KPIs   []KPICounts // one for each of Record.KPIs, in that order
}

// DayParticipants counts the clients that took part first on a day.
type DayParticipants struct {
	Day          Day
	Participants int64
}

// EpochParticipants counts the clients that entered in an epoch.
type EpochParticipants struct {
	Epoch        uint32
	Participants int64
}

// KPICounts is what one alternative got of one KPI.
type KPICounts struct {
	KPI    string
	Days   []DayConversions
	Epochs []EpochConversions
}

// DayConversions counts the conversions on a day.
type DayConversions struct {
	Day       Day
	Converted int64 // clients that converted for the first time
	Events    int64 // conversions, first ones included
}

// EpochConversions is what the clients that entered in an epoch did, whenever
// they did it.
type EpochConversions struct {
	Epoch     uint32
	Converted int64
	NonZero   int64    // clients whose total is not zero
	Sum       *big.Int // of the clients' totals, in millionths; nil is 0
	Squares   *big.Int // of the squares of the clients' totals, in millionths of millionths; nil is 0
}

// NewCounts returns the counts of an experiment of which nothing has been
// counted yet, for a store to add to.
func NewCounts(r Record, epochs []Epoch) Counts {
	results := Counts{Record: r, Epochs: epochs, Alternatives: make([]AlternativeCounts, len(r.Alternatives))}
	for i := range results.Alternatives {
		kpis := make([]KPICounts, len(r.KPIs))
		for j, kpi := range r.KPIs {
			kpis[j].KPI = kpi
		}
		results.Alternatives[i].KPIs = kpis
	}
	return results
}

// FirstDay returns the first day on which a client took part, false if none did.
func (r Counts) FirstDay() (first Day, ok bool) {
	for _, a := range r.Alternatives {
		if len(a.Days) > 0 && (!ok || a.Days[0].Day < first) {
			first, ok = a.Days[0].Day, true
		}
	}
	return first, ok
}

// Participants returns the number of clients that took part, over all alternatives.
func (r Counts) Participants() (n int64) {
	for _, a := range r.Alternatives {
		n += a.Participants()
	}
	return n
}

// Participants returns the number of clients that took part.
func (a AlternativeCounts) Participants() (n int64) {
	for _, d := range a.Days {
		n += d.Participants
	}
	return n
}

// KPI returns the counts of one KPI, empty ones if it has none.
func (a AlternativeCounts) KPI(name string) KPICounts {
	if i := slices.IndexFunc(a.KPIs, func(k KPICounts) bool { return k.KPI == name }); i >= 0 {
		return a.KPIs[i]
	}
	return KPICounts{KPI: name}
}

// Converted returns the number of clients that converted.
func (k KPICounts) Converted() (n int64) {
	for _, d := range k.Days {
		n += d.Converted
	}
	return n
}

// Events returns the number of conversions.
func (k KPICounts) Events() (n int64) {
	for _, d := range k.Days {
		n += d.Events
	}
	return n
}

// Totals returns the sums over all epochs; its Epoch has no meaning.
func (k KPICounts) Totals() EpochConversions {
	t := EpochConversions{Sum: new(big.Int), Squares: new(big.Int)}
	for _, e := range k.Epochs {
		t.add(e)
	}
	return t
}

func (e *EpochConversions) add(o EpochConversions) {
	e.Converted += o.Converted
	e.NonZero += o.NonZero
	if o.Sum != nil {
		e.Sum.Add(e.Sum, o.Sum)
	}
	if o.Squares != nil {
		e.Squares.Add(e.Squares, o.Squares)
	}
}

// negated returns what makes the counts of e zero.
func (e EpochConversions) negated() EpochConversions {
	n := EpochConversions{Epoch: e.Epoch, Converted: -e.Converted, NonZero: -e.NonZero}
	if e.Sum != nil {
		n.Sum = new(big.Int).Neg(e.Sum)
	}
	if e.Squares != nil {
		n.Squares = new(big.Int).Neg(e.Squares)
	}
	return n
}

// AddDay adds participants of a day.
func (a *AlternativeCounts) AddDay(day Day, n int64) {
	i, found := slices.BinarySearchFunc(a.Days, day, func(d DayParticipants, day Day) int { return cmp.Compare(d.Day, day) })
	if !found {
		a.Days = slices.Insert(a.Days, i, DayParticipants{Day: day})
	}
	a.Days[i].Participants += n
}

// AddEpoch adds participants of an epoch.
func (a *AlternativeCounts) AddEpoch(epoch uint32, n int64) {
	i, found := slices.BinarySearchFunc(a.Epochs, epoch, func(e EpochParticipants, n uint32) int { return cmp.Compare(e.Epoch, n) })
	if !found {
		a.Epochs = slices.Insert(a.Epochs, i, EpochParticipants{Epoch: epoch})
	}
	a.Epochs[i].Participants += n
}

// AddDay adds conversions of a day.
func (k *KPICounts) AddDay(day Day, converted, events int64) {
	i, found := slices.BinarySearchFunc(k.Days, day, func(d DayConversions, day Day) int { return cmp.Compare(d.Day, day) })
	if !found {
		k.Days = slices.Insert(k.Days, i, DayConversions{Day: day})
	}
	k.Days[i].Converted += converted
	k.Days[i].Events += events
}

// AddEpoch adds e to the conversions of its epoch. It copies the sums.
func (k *KPICounts) AddEpoch(e EpochConversions) {
	i, found := slices.BinarySearchFunc(k.Epochs, e.Epoch, func(e EpochConversions, n uint32) int { return cmp.Compare(e.Epoch, n) })
	if !found {
		k.Epochs = slices.Insert(k.Epochs, i, EpochConversions{Epoch: e.Epoch, Sum: new(big.Int), Squares: new(big.Int)})
	}
	k.Epochs[i].add(e)
}

// Credit counts, on a day, that what a client who entered in an epoch did for k
// was something, or nothing, before. Only Events and Total matter of both.
func (k *KPICounts) Credit(epoch uint32, day Day, was, is ClientConversion) {
	e := EpochConversions{Epoch: epoch, Sum: new(big.Int), Squares: new(big.Int)}
	if was.Events == 0 && is.Events != 0 {
		e.Converted = 1
	}
	if was.Events != 0 && is.Events == 0 {
		e.Converted = -1
	}
	k.AddDay(day, e.Converted, is.Events-was.Events)
	if e.Converted != 0 || is.Total != was.Total {
		e.Raise(was.Total, is.Total)
		k.AddEpoch(e)
	}
}

// SubClient takes away what an import of c counts. Counts from which all
// clients of their experiment are taken away are the Counts of an import that
// brings all of it elsewhere. KPIs and alternatives that r does not have are
// left out.
func (r *Counts) SubClient(c Client) {
	switch {
	case c.Choice == Out:
		r.Excluded--
	case c.Choice >= 0 && c.Choice < len(r.Alternatives) && !c.Reserved:
		r.Alternatives[c.Choice].subClient(c)
	}
}

func (a *AlternativeCounts) subClient(c Client) {
	a.AddDay(c.Day, -1)
	a.AddEpoch(c.Epoch, -1)
	for _, v := range c.Conversions {
		if i := slices.IndexFunc(a.KPIs, func(k KPICounts) bool { return k.KPI == v.KPI }); i >= 0 {
			a.KPIs[i].Credit(c.Epoch, v.Day, v, ClientConversion{})
		}
	}
}

// Add adds the counts of o, of the same experiment, to r. KPIs and alternatives
// that r does not have are left out; r.Epochs stays as it is.
func (r *Counts) Add(o Counts) { r.add(o, 1) }

// Sub takes the counts of o away from r, just as Add adds them.
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
			if sign < 0 {
				e = e.negated()
			}
			a.KPIs[j].AddEpoch(e)
		}
	}
}

// DropZeros removes the days and epochs of which nothing is counted, which
// counts must not hold. Sums must not be nil.
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
