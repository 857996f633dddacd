package store

import (
	"math/big"
	"slices"
)

// Counts holds all counts of one experiment. The methods that change counts are for
// implementations of [Store] and for programs that move data between stores.
type Counts struct {
	Record       Record
	Excluded     int64   // clients that are Out now
	Epochs       []Epoch // all so far, by number; the last is the present one
	Alternatives []AlternativeCounts
}

// AlternativeCounts holds the counts of one alternative of Record.Alternatives. Days and
// Epochs are sorted and contain no zero counts; their sums are equal.
type AlternativeCounts struct {
	Days   []DayParticipants
	Epochs []EpochParticipants
	KPIs   []KPICounts // one for each of Record.KPIs, in that order
}

// DayParticipants counts the clients that first participated on a day.
type DayParticipants struct {
	Day          Day
	Participants int64
}

// EpochParticipants counts the clients that entered in an epoch.
type EpochParticipants struct {
	Epoch        uint32
	Participants int64
}

// KPICounts holds the counts of one alternative for one KPI.
type KPICounts struct {
	KPI    string
	Days   []DayConversions
	Epochs []EpochConversions
}

// DayConversions counts the conversions on a day.
type DayConversions struct {
	Day       Day
	Converted int64 // clients that converted for the first time
	Events    int64 // conversions, including first ones
}

// EpochConversions counts what the clients that entered in an epoch did, at any time.
type EpochConversions struct {
	Epoch     uint32
	Converted int64
	NonZero   int64    // clients whose total is not zero
	Sum       *big.Int // of the clients' totals, in millionths; nil is 0
	Squares   *big.Int // of the squares of the clients' totals, in millionths of millionths; nil is 0
}

// FirstDay returns the first day on which a client participated, false if none did.
func (r Counts) FirstDay() (first Day, ok bool) {
	for _, a := range r.Alternatives {
		if len(a.Days) > 0 && (!ok || a.Days[0].Day < first) {
			first, ok = a.Days[0].Day, true
		}
	}
	return first, ok
}

// Participants returns the number of participants in all alternatives.
func (r Counts) Participants() (n int64) {
	for _, a := range r.Alternatives {
		n += a.Participants()
	}
	return n
}

// Participants returns the number of participants.
func (a AlternativeCounts) Participants() (n int64) {
	for _, d := range a.Days {
		n += d.Participants
	}
	return n
}

// KPI returns the counts of the named KPI, which are empty if it is unknown.
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

// Totals returns the sums over all epochs. Its Epoch has no meaning.
func (k KPICounts) Totals() EpochConversions {
	t := EpochConversions{Sum: new(big.Int), Squares: new(big.Int)}
	for _, e := range k.Epochs {
		t.add(e, 1)
	}
	return t
}
