package keyspace

import "github.com/sixpack-go/sixpack/store"

// What is counted by day: the only counts that Sixpack has.

// less returns a less others, nowhere below 0.
func less(a store.Results, others ...store.Results) store.Results {
	rest := store.NewResults(a.Record, nil)
	rest.Add(a)
	for _, o := range others {
		rest.Add(mapped(o, func(n int64) int64 { return -n }))
	}
	return mapped(rest, func(n int64) int64 { return max(n, 0) })
}

// mapped returns a copy of r with all counts by day changed.
func mapped(r store.Results, change func(int64) int64) store.Results {
	out := store.NewResults(r.Record, nil)
	out.Excluded = change(r.Excluded)
	for i, a := range r.Alternatives {
		for _, d := range a.Days {
			out.Alternatives[i].AddDay(d.Day, change(d.Participants))
		}
		for j, k := range a.KPIs {
			for _, d := range k.Days {
				out.Alternatives[i].KPIs[j].AddDay(d.Day, change(d.Converted), change(d.Events))
			}
		}
	}
	return out
}

func participants(r store.Results) (n int64) {
	for _, a := range r.Alternatives {
		n += a.Participants()
	}
	return n
}

// conversions is the number of clients that converted, summed over all KPIs.
func conversions(r store.Results) (n int64) {
	for _, a := range r.Alternatives {
		for _, k := range a.KPIs {
			n += k.Converted()
		}
	}
	return n
}

// sum is 0 if nothing is counted.
func sum(r store.Results) int64 { return r.Excluded + participants(r) + conversions(r) }
