package sixpack2

import "github.com/sixpack-go/sixpack/store"

// Sixpack has only counts by day. These functions ignore all others.

// minus returns a minus others, with 0 in place of negative counts.
func minus(a store.Counts, others ...store.Counts) store.Counts {
	rest := store.NewCounts(a.Record, nil)
	rest.Add(a)
	for _, o := range others {
		rest.Sub(o)
	}
	rest.Excluded = max(rest.Excluded, 0)
	for i := range rest.Alternatives {
		days := rest.Alternatives[i].Days
		for j := range days {
			days[j].Participants = max(days[j].Participants, 0)
		}
		for _, k := range rest.Alternatives[i].KPIs {
			for j := range k.Days {
				k.Days[j].Converted, k.Days[j].Events = max(k.Days[j].Converted, 0), max(k.Days[j].Events, 0)
			}
		}
	}
	return rest
}

// conversions returns the number of clients that converted, summed over all KPIs.
func conversions(r store.Counts) (n int64) {
	for _, a := range r.Alternatives {
		for _, k := range a.KPIs {
			n += k.Converted()
		}
	}
	return n
}

// sum returns the sum of all counts, which is 0 if nothing is counted.
func sum(r store.Counts) int64 { return r.Excluded + r.Participants() + conversions(r) }

// News returns how many participants, conversions and excluded clients Sixpack counts
// that a store does not, day by day. Its counts are here.
func (x *Experiment) News(here store.Counts) (participated, converted, excluded int64) {
	more := minus(x.Totals, here)
	return more.Participants(), conversions(more), more.Excluded
}
