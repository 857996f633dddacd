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
	// KnownFrom is the first day of participation for which the cohorts are known. Clients
	// that participated earlier are together in the cohorts of UnknownDay, because releases
	// before cohorts counted them, or some of their conversions, only by epoch. A cohort is
	// therefore either complete or unknown. 0 means that all cohorts are known.
	KnownFrom Day
}

// AlternativeCounts holds the counts of one alternative of Record.Alternatives. Days are in
// order, Cohorts by epoch and then day. Neither contains zero counts; their sums are equal.
type AlternativeCounts struct {
	Days    []DayParticipants
	Cohorts []Cohort
	KPIs    []KPICounts // one for each of Record.KPIs, in that order
}

// DayParticipants counts the clients that first participated on a day.
type DayParticipants struct {
	Day          Day
	Participants int64
}

// Cohort counts the clients that entered in an epoch and first participated on a day. The day
// is [UnknownDay] for days before Counts.KnownFrom.
type Cohort struct {
	Epoch        uint32
	Day          Day
	Participants int64
}

// EpochParticipants counts the clients that entered in an epoch.
type EpochParticipants struct {
	Epoch        uint32
	Participants int64
}

// KPICounts holds the counts of one alternative for one KPI. Days are in order, Cohorts by
// epoch and then day. Neither contains rows in which everything is zero; their sums are equal.
type KPICounts struct {
	KPI     string
	Days    []DayConversions
	Cohorts []CohortConversions
}

// Sums counts what clients did for one KPI. Stores return no nil numbers.
type Sums struct {
	Converted int64    // clients that converted
	NonZero   int64    // clients whose total is not zero
	Sum       *big.Int // of the clients' totals, in millionths; nil is 0
	Squares   *big.Int // of the squares of the clients' totals, in millionths of millionths; nil is 0
}

// DayConversions counts the conversions on a day, and how they changed the Sums: Converted
// counts the clients that converted for the first time; NonZero, Sum and Squares, which may be
// negative, are the change of the clients' totals on that day. The changes that earlier
// releases counted without a day are on [UnknownDay], where Converted and Events are 0.
type DayConversions struct {
	Day    Day
	Events int64 // conversions, including first ones
	Sums
}

// CohortConversions counts what the clients of a [Cohort] did, at any time.
type CohortConversions struct {
	Epoch uint32
	Day   Day
	Sums
}

// EpochConversions counts what the clients that entered in an epoch did, at any time.
type EpochConversions struct {
	Epoch uint32
	Sums
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
