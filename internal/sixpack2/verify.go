package sixpack2

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

// An Outcome is what came of an import.
type Outcome struct {
	Imported store.Imported
	// Purged is set if the store has purged the clients of the experiment, so that
	// none were taken.
	Purged bool
	Verification
}

// A Verification compares what Sixpack and a store count of an experiment, by
// alternative, KPI and day.
type Verification struct {
	// Missing are counts that are less than they were in the source when reading
	// began: something was not taken.
	Missing []Difference
	// Settings are those that are not as in the source.
	Settings []string
	// Participants, Conversions and Excluded are how many more there are than in
	// the source: they came since. Readmitted are clients that the source excludes
	// and the store does not any more, as its traffic lets them in.
	Participants, Conversions, Excluded, Readmitted int64
	// Changed is set if the source went on counting while it was read.
	Changed bool
}

// OK tells whether nothing is missing and no setting differs.
func (p Verification) OK() bool { return len(p.Missing) == 0 && len(p.Settings) == 0 }

// Equal tells whether all is as in the source.
func (p Verification) Equal() bool {
	return p.OK() && p.Participants+p.Conversions+p.Excluded+p.Readmitted == 0 && !p.Changed
}

// A Difference is a count that is not the same.
type Difference struct {
	What         string // is counted
	Source, Here int64
}

// String returns d in words.
func (d Difference) String() string {
	return fmt.Sprintf("%s: %d in the source, %d in the target", d.What, d.Source, d.Here)
}

// compare proves that here is nowhere less than source, and tells how much more
// it is than later, which is what the source counted when all was read.
func compare(source, later, here store.Counts) (p Verification) {
	p.Changed = sum(less(later, source))+sum(less(source, later)) > 0
	missing := func(what string, source, here int64) {
		if here < source {
			p.Missing = append(p.Missing, Difference{what, source, here})
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

	p.Participants = max(0, participants(here)-participants(later))
	p.Conversions = max(0, conversions(here)-conversions(later))
	p.Excluded = max(0, here.Excluded-later.Excluded)
	// Who is not excluded any more takes part, or was purged.
	switch n := max(0, source.Excluded-here.Excluded); {
	case n <= p.Participants:
		p.Readmitted = n
	case !here.Record.Purged:
		missing("excluded clients", source.Excluded, here.Excluded)
	}
	p.Settings = settings(source.Record, here.Record)
	return p
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

// settings tells where two records differ in what an operator or a caller sets.
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
