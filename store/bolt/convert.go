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
	if err != nil || f.Stale || !who.Participates() {
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

// convert counts a conversion of a participating client. It reports false if the client's
// total cannot hold its value.
func (e *experiment) convert(who client, c store.Conversion) (bool, error) {
	if err := e.load(); err != nil {
		return false, err
	}
	conversions, err := decodeConversions(who.conversions)
	if err != nil {
		return false, err
	}
	v, i := conversionFor(&conversions, slices.Index(e.record.KPIs, c.KPI))
	after, ok := v.After(c)
	if !ok {
		return false, nil
	}
	kpi, err := e.kpi(c.KPI, c.Measure())
	if err != nil {
		return false, err
	}
	e.counting().Credit(who.ClientState, kpi, store.DayOf(c.At), v.ClientConversion, after)
	conversions[i] = conversion{kpi, after}
	who.conversions = encodeConversions(conversions)
	e.put(c.Client, who)
	return true, nil
}

// conversionFor returns the conversion for the KPI with an index, and its place in list, to
// which it is added if necessary.
func conversionFor(list *[]conversion, kpi int) (conversion, int) {
	i := slices.IndexFunc(*list, func(v conversion) bool { return v.kpi == kpi })
	if i < 0 {
		i = len(*list)
		*list = append(*list, conversion{kpi: kpi})
	}
	return (*list)[i], i
}
