package bolt

import (
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/sixpack-go/sixpack/store"
)

func (x *txn) results(names []string) (results []store.Counts, err error) {
	if len(names) == 0 {
		names = x.names()
	}
	for _, name := range names {
		e := x.experiment(name)
		if !e.exists() {
			continue
		}
		r, err := e.results()
		if err != nil {
			return nil, err
		}
		results = append(results, r)
	}
	return results, nil
}

func (e *experiment) results() (r store.Counts, err error) {
	if err := e.load(); err != nil {
		return r, err
	}
	epochs, err := e.epochs()
	if err != nil {
		return r, err
	}
	r = store.NewCounts(*e.record, epochs)
	for _, name := range [][]byte{countsBucket, importedBucket} {
		if err := addCounts(&r, e.bucket.Bucket(name)); err != nil {
			return r, fmt.Errorf("%w: counts of %q", err, e.name)
		}
	}
	r.DropZeros() // imported counts may undo others
	return r, nil
}

// addCounts adds what b holds, if there is a b, to r.
func addCounts(r *store.Counts, b *bbolt.Bucket) error {
	if b == nil {
		return nil
	}
	return b.ForEach(func(key, value []byte) error {
		k, err := decodeCountKey(key)
		if err != nil {
			return err
		}
		return addCount(r, k, value)
	})
}

func addCount(r *store.Counts, k countKey, value []byte) error {
	if k.kind == countExcluded {
		n, err := decodeNumber(value)
		r.Excluded += n
		return err
	}
	if int(k.alternative) >= len(r.Alternatives) {
		return nil // the record has fewer of them now
	}
	a := &r.Alternatives[k.alternative]
	if k.kind == countDay || k.kind == countEpoch {
		return addParticipants(a, k, value)
	}
	if int(k.kpi) >= len(a.KPIs) {
		return errDamaged
	}
	return addConversions(&a.KPIs[k.kpi], k, value)
}

func addParticipants(a *store.AlternativeCounts, k countKey, value []byte) error {
	n, err := decodeNumber(value)
	if k.kind == countDay {
		a.AddDay(store.Day(k.when), n)
	} else {
		a.AddEpoch(k.when, n)
	}
	return err
}

func addConversions(kpi *store.KPICounts, k countKey, value []byte) error {
	if k.kind == countSums {
		sums, err := decodeSums(value)
		sums.Epoch = k.when
		kpi.AddEpoch(sums)
		return err
	}
	n, err := decodeNumber(value)
	if k.kind == countConverted {
		kpi.AddDay(store.Day(k.when), n, 0)
	} else {
		kpi.AddDay(store.Day(k.when), 0, n)
	}
	return err
}
