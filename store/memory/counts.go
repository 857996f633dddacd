package memory

import (
	"cmp"
	"slices"
	"sync"

	"github.com/sixpack-go/sixpack/store"
)

// counts holds the counts of one experiment.
type counts struct {
	mu   sync.Mutex    // guards the fields below; callers of methods hold it
	live store.Counts  // of the clients; its Record is not used
	base *store.Counts // imported counts that no client accounts for, or nil
}

// fit adds the alternatives, KPIs and epoch of r that the counts lack.
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

// sum returns copies of all counts, with the record r.
func (c *counts) sum(r *store.Record) store.Counts {
	sum := store.NewCounts(r.Clone(), cloneEpochs(c.live.Epochs))
	sum.Add(c.live)
	if c.base != nil {
		sum.Add(*c.base)
		sum.DropZeros()
	}
	return sum
}

func cloneEpochs(epochs []store.Epoch) []store.Epoch {
	epochs = slices.Clone(epochs)
	for i := range epochs {
		epochs[i].Weights = slices.Clone(epochs[i].Weights)
	}
	return epochs
}
