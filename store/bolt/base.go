package bolt

import (
	"bytes"
	"maps"
	"math/big"

	"github.com/sixpack-go/sixpack/store"
)

// rebase puts counts that no client accounts for in place of earlier ones.
func (e *experiment) rebase(given store.Counts) error {
	for _, kpi := range given.Record.KPIs {
		if _, err := e.kpi(kpi); err != nil {
			return err
		}
	}
	var c counts
	c.add(countKey{kind: countExcluded}, given.Excluded)
	for i, a := range given.Alternatives {
		if err := e.countAlternative(&c, uint32(i), a); err != nil {
			return err
		}
	}
	return e.rewrite(importedBucket, c.entries())
}

func (e *experiment) countAlternative(c *counts, alternative uint32, given store.AlternativeCounts) error {
	for _, d := range given.Days {
		c.add(countKey{countDay, alternative, 0, uint32(d.Day)}, d.Participants)
	}
	for _, p := range given.Epochs {
		c.add(countKey{countEpoch, alternative, 0, p.Epoch}, p.Participants)
	}
	for _, k := range given.KPIs {
		kpi, err := e.kpi(k.KPI)
		if err != nil {
			return err
		}
		if err := countKPI(c, alternative, uint32(kpi), k); err != nil {
			return err
		}
	}
	return nil
}

func countKPI(c *counts, alternative, kpi uint32, given store.KPICounts) error {
	for _, d := range given.Days {
		c.add(countKey{countConverted, alternative, kpi, uint32(d.Day)}, d.Converted)
		c.add(countKey{countEvents, alternative, kpi, uint32(d.Day)}, d.Events)
	}
	for _, e := range given.Epochs {
		sums, err := c.sumsOf(nil, countKey{countSums, alternative, kpi, e.Epoch})
		if err != nil {
			return err
		}
		sums.Converted += e.Converted
		sums.NonZero += e.NonZero
		addInt(sums.Sum, e.Sum)
		addInt(sums.Squares, e.Squares)
	}
	return nil
}

// addInt adds n, nil being 0, to sum.
func addInt(sum, n *big.Int) {
	if n != nil {
		sum.Add(sum, n)
	}
}

// rewrite makes a bucket of e hold entries and nothing else. If it does already,
// nothing is written.
func (e *experiment) rewrite(name []byte, entries map[string][]byte) error {
	held := make(map[string][]byte)
	if b := e.bucket.Bucket(name); b != nil {
		err := b.ForEach(func(key, value []byte) error {
			held[string(key)] = value
			return nil
		})
		if err != nil {
			return err
		}
	}
	if maps.EqualFunc(held, entries, bytes.Equal) {
		return nil
	}
	b, err := e.txn.emptyBucket(e.bucket, name)
	if err != nil {
		return err
	}
	for key, value := range entries {
		e.txn.put(b, []byte(key), value)
	}
	return nil
}
