package sixpack2

import (
	"iter"

	"github.com/sixpack-go/sixpack/store"
)

// syntheticClients iterates over as few people as can have done all that is counted.
func syntheticClients(counted store.Counts) iter.Seq[person] {
	return func(yield func(person) bool) {
		n := 0
		give := func(p person) bool {
			p.name = syntheticID(n)
			n++
			return yield(p)
		}
		for i, a := range counted.Alternatives {
			for p := range syntheticOf(a) {
				p.choice = i
				if !give(p) {
					return
				}
			}
		}
		for range counted.Excluded {
			if !give(person{choice: store.Out}) {
				return
			}
		}
	}
}

// syntheticOf has one take part, and convert once for each KPI, as long as there
// are participants, or conversions, to be accounted for.
func syntheticOf(a store.AlternativeCounts) iter.Seq[person] {
	came := make(tally, len(a.Days))
	for i, d := range a.Days {
		came[i] = onDay{d.Day, d.Participants}
	}
	converted := make([]tally, len(a.KPIs))
	for i, k := range a.KPIs {
		for _, d := range k.Days {
			converted[i] = append(converted[i], onDay{d.Day, d.Converted})
		}
	}
	return func(yield func(person) bool) {
		for {
			var p person
			p.day, p.takesPart = came.next()
			for i := range converted {
				if day, ok := converted[i].next(); ok {
					p.conversions = append(p.conversions, store.ClientConversion{KPI: a.KPIs[i].KPI, Day: day})
				}
			}
			if !p.takesPart && len(p.conversions) == 0 || !yield(p) {
				return
			}
		}
	}
}

// A tally is what is left of the counts by day.
type tally []onDay

type onDay struct {
	day store.Day
	n   int64
}

// next takes one away and returns its day.
func (t *tally) next() (store.Day, bool) {
	for len(*t) > 0 {
		if first := &(*t)[0]; first.n > 0 {
			first.n--
			return first.day, true
		}
		*t = (*t)[1:]
	}
	return 0, false
}
