package sixpack2

import (
	"iter"
	"strconv"

	"github.com/sixpack-go/sixpack/store"
)

// syntheticClients iterates over the smallest number of clients that account for the
// counts.
func syntheticClients(counted store.Counts) iter.Seq[entry] {
	return func(yield func(entry) bool) {
		n := 0
		give := func(p entry) bool {
			p.name = syntheticName + strconv.Itoa(n)
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
			if !give(entry{choice: store.Out}) {
				return
			}
		}
	}
}

// syntheticOf iterates over the clients of one alternative. Each takes part and converts
// once for each KPI, as long as participants and conversions are left.
func syntheticOf(a store.AlternativeCounts) iter.Seq[entry] {
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
	return func(yield func(entry) bool) {
		for {
			var p entry
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

// A tally holds the counts by day that are left.
type tally []onDay

type onDay struct {
	day store.Day
	n   int64
}

// next takes one from the first day with a count, and returns the day.
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
