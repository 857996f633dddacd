package memory

import (
	"cmp"
	"slices"
	"sync"

	"github.com/sixpack-go/sixpack/store"
)

// counts are those of one experiment.
type counts struct {
	mu   sync.Mutex    // guards the fields below; methods expect their caller to hold it
	live store.Counts  // what the clients did; its Record is not used
	base *store.Counts // what an import said on top of that, or nil
}

// fit makes room for the alternatives and KPIs of r and lists its epoch.
func (c *counts) fit(r *store.Record) {
	if n := len(r.Alternatives) - len(c.live.Alternatives); n > 0 {
		c.live.Alternatives = append(c.live.Alternatives, make([]store.AlternativeCounts, n)...)
	}
	for i := range c.live.Alternatives {
		a := &c.live.Alternatives[i]
		for _, kpi := range r.KPIs[len(a.KPIs):] {
			a.KPIs = append(a.KPIs, store.KPICounts{KPI: kpi})
		}
	}
	i, found := slices.BinarySearchFunc(c.live.Epochs, r.Epoch.Number, func(e store.Epoch, n uint32) int { return cmp.Compare(e.Number, n) })
	if !found {
		c.live.Epochs = slices.Insert(c.live.Epochs, i, store.Epoch{})
	}
	c.live.Epochs[i] = r.Epoch
}

func (c *counts) reset() {
	c.live, c.base = store.Counts{}, nil
}

// move counts a client that was before and is now after.
func (c *counts) move(before, after client) {
	if before.choice == store.Out {
		c.live.Excluded--
	}
	switch {
	case after.choice == store.Out:
		c.live.Excluded++
	case after.participates():
		a := &c.live.Alternatives[after.choice]
		a.AddDay(after.day, 1)
		a.AddEpoch(after.epoch, 1)
	}
}

// convert counts what a client did on a day, from before to after.
func (c *counts) convert(who client, kpi int, day store.Day, before, after conversion) {
	was := store.ClientConversion{Events: before.events, Total: before.total}
	is := store.ClientConversion{Events: after.events, Total: after.total}
	c.live.Alternatives[who.choice].KPIs[kpi].Credit(who.epoch, day, was, is)
}

// results returns copies of everything, with r as the record.
func (c *counts) results(r *store.Record) store.Counts {
	results := store.NewCounts(r.Clone(), cloneEpochs(c.live.Epochs))
	results.Add(c.live)
	if c.base != nil {
		results.Add(*c.base)
		results.DropZeros()
	}
	return results
}

func cloneEpochs(epochs []store.Epoch) []store.Epoch {
	epochs = slices.Clone(epochs)
	for i := range epochs {
		epochs[i].Weights = slices.Clone(epochs[i].Weights)
	}
	return epochs
}
