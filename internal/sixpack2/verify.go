package sixpack2

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

// Outcome is the outcome of an import.
type Outcome struct {
	Imported store.Imported
	// Purged is set if the store has purged the clients of the experiment, so that none
	// were imported.
	Purged bool
	Verification
}

// A Verification compares the counts of an experiment in the source and the target, by
// alternative, KPI and day. One of them is Sixpack, the other one a store.
type Verification struct {
	// Missing lists counts that are smaller than in the source when reading began.
	Missing []Difference
	// Settings lists settings that differ.
	Settings []string
	// Participants, Conversions and Excluded are how many more there are than in the
	// source: they came since. Readmitted is the number of clients that only the source
	// excludes, as the target's traffic admits them.
	Participants, Conversions, Excluded, Readmitted int64
	// Changed is set if the source changed while it was read.
	Changed bool
}

// OK reports whether nothing is missing and no setting differs.
func (v Verification) OK() bool { return len(v.Missing) == 0 && len(v.Settings) == 0 }

// Equal reports whether everything is as in the source.
func (v Verification) Equal() bool {
	return v.OK() && v.Participants+v.Conversions+v.Excluded+v.Readmitted == 0 && !v.Changed
}

// A Difference is a count that differs.
type Difference struct {
	What         string // the name of the count
	Source, Here int64
}

// String returns d in words.
func (d Difference) String() string {
	return fmt.Sprintf("%s: %d in the source, %d in the target", d.What, d.Source, d.Here)
}

// compare checks that no count in here is smaller than in source, and counts how much more
// there is than in later, the source's counts after everything was read.
func compare(source, later, here store.Counts) (v Verification) {
	v.Changed = sum(minus(later, source))+sum(minus(source, later)) > 0
	missing := func(what string, source, here int64) {
		if here < source {
			v.Missing = append(v.Missing, Difference{what, source, here})
		}
	}
	for i, a := range source.Alternatives {
		if i == len(here.Alternatives) {
			break
		}
		name, is := source.Record.Alternatives[i], here.Alternatives[i]
		for _, d := range a.Days {
			missing(fmt.Sprintf("%s, participants on %v", name, d.Day), d.Participants, participantsOn(is, d.Day))
		}
		for _, k := range a.KPIs {
			what := name + ", conversions"
			if k.KPI != "" {
				what += fmt.Sprintf(" of KPI %q", k.KPI)
			}
			for _, d := range k.Days {
				missing(fmt.Sprintf("%s on %v", what, d.Day), d.Converted, convertedOn(is.KPI(k.KPI), d.Day))
			}
		}
	}

	v.Participants = max(0, here.Participants()-later.Participants())
	v.Conversions = max(0, conversions(here)-conversions(later))
	v.Excluded = max(0, here.Excluded-later.Excluded)
	// A client that is not excluded any more takes part, or was purged.
	switch n := max(0, source.Excluded-here.Excluded); {
	case n <= v.Participants:
		v.Readmitted = n
	case !here.Record.Purged:
		missing("excluded clients", source.Excluded, here.Excluded)
	}
	v.Settings = settings(source.Record, here.Record)
	return v
}

func participantsOn(a store.AlternativeCounts, day store.Day) int64 {
	i, found := slices.BinarySearchFunc(a.Days, day, func(d store.DayParticipants, day store.Day) int { return cmp.Compare(d.Day, day) })
	if !found {
		return 0
	}
	return a.Days[i].Participants
}

func convertedOn(k store.KPICounts, day store.Day) int64 {
	i, found := slices.BinarySearchFunc(k.Days, day, func(d store.DayConversions, day store.Day) int { return cmp.Compare(d.Day, day) })
	if !found {
		return 0
	}
	return k.Days[i].Converted
}

// settings lists differences in what an operator or a caller sets.
func settings(source, here store.Record) (all []string) {
	differ := func(what, source, here string) {
		if source != here {
			all = append(all, fmt.Sprintf("%s: %s in the source, %s in the target", what, source, here))
		}
	}
	differ("winner", cmp.Or(source.Winner, "none"), cmp.Or(here.Winner, "none"))
	differ("paused", yes(source.Paused), yes(here.Paused))
	differ("archived", yes(source.Archived), yes(here.Archived))
	differ("description", fmt.Sprintf("%q", source.Description), fmt.Sprintf("%q", here.Description))
	differ("traffic", fmt.Sprint(source.Traffic), fmt.Sprint(here.Traffic))
	return all
}

func yes(b bool) string {
	if b {
		return "yes"
	}
	return "no"
}
