package bolt

import (
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

func (x *txn) convert(c store.Conversion) (store.Facts, error) {
	e, who, err := x.find(c.Experiment, c.Client)
	if err != nil {
		return store.Facts{}, err
	}
	f, err := e.facts(who, c.Version)
	if err != nil || e.version != c.Version || !who.takesPart() {
		return f, err
	}
	if !x.tx.Writable() {
		return store.Facts{}, errWrite
	}
	f.Wrote, err = e.convert(who, c)
	if err != nil {
		return store.Facts{}, err
	}
	f.Overflow = !f.Wrote
	return f, nil
}

// convert reports false if the total of the client, who takes part, would
// become too large.
func (e *experiment) convert(who client, c store.Conversion) (bool, error) {
	if err := e.load(); err != nil {
		return false, err
	}
	conversions, err := decodeConversions(who.conversions)
	if err != nil {
		return false, err
	}
	day := store.DayOf(c.At)
	was := conversion{day: day}
	known := slices.Index(e.record.KPIs, c.KPI)
	i := slices.IndexFunc(conversions, func(v conversion) bool { return v.kpi == known })
	if i >= 0 {
		was = conversions[i]
	}
	is, ok := was.after(c)
	if !ok {
		return false, nil
	}
	if is.kpi, err = e.kpi(c.KPI); err != nil {
		return false, err
	}
	if err := e.credit(who, was, is, day); err != nil {
		return false, err
	}
	if i >= 0 {
		conversions[i] = is
	} else {
		conversions = append(conversions, is)
	}
	who.conversions = encodeConversions(conversions)
	e.put(c.Client, who)
	return true, nil
}

// after returns v with one conversion more, and false if its total would
// become too large.
func (v conversion) after(c store.Conversion) (conversion, bool) {
	v.events++
	if !c.HasValue {
		return v, true
	}
	total, ok := v.total.Add(c.Value)
	v.total = total
	return v, ok
}

// credit counts, on a day, that what a client did for a KPI was something, or
// nothing, before.
func (e *experiment) credit(who client, was, is conversion, day store.Day) error {
	alternative, kpi := uint32(who.choice), uint32(is.kpi)
	first := was.events == 0
	if first || is.total != was.total {
		sums, err := e.counts.sumsOf(e.bucket.Bucket(countsBucket), countKey{countSums, alternative, kpi, who.epoch})
		if err != nil {
			return err
		}
		sums.Raise(was.total, is.total)
		if first {
			sums.Converted++
		}
	}
	if first {
		e.counts.add(countKey{countConverted, alternative, kpi, uint32(day)}, 1)
	}
	e.counts.add(countKey{countEvents, alternative, kpi, uint32(day)}, is.events-was.events)
	return nil
}
