package bolt

import (
	"encoding/binary"
	"fmt"
	"math/big"

	"go.etcd.io/bbolt"

	"github.com/sixpack-go/sixpack/store"
)

// The kinds of counts. The value of countSums is the number of clients that converted, the
// number of clients whose total is not zero, the sum of totals and the sum of their squares.
// Other values are one number.
const (
	countExcluded  = iota + 1
	countDay       // participants; when is the day
	countEpoch     // participants; when is the epoch
	countConverted // clients; when is the day
	countEvents    // conversions; when is the day
	countSums      // when is the epoch
)

// A countKey is the key of a count. It is encoded as its fields in this order.
type countKey struct {
	kind             byte
	alternative, kpi uint32 // indices
	when             uint32
}

func (k countKey) encode() []byte {
	b := append(make([]byte, 0, 13), k.kind)
	b = binary.BigEndian.AppendUint32(b, k.alternative)
	b = binary.BigEndian.AppendUint32(b, k.kpi)
	return binary.BigEndian.AppendUint32(b, k.when)
}

func decodeCountKey(b []byte) (countKey, error) {
	if len(b) != 13 {
		return countKey{}, errDamaged
	}
	return countKey{b[0], binary.BigEndian.Uint32(b[1:]), binary.BigEndian.Uint32(b[5:]), binary.BigEndian.Uint32(b[9:])}, nil
}

func (x *txn) counts(names []string) (all []store.Counts, err error) {
	if len(names) == 0 {
		names = x.names()
	}
	for _, name := range names {
		e := x.experiment(name)
		if !e.exists() {
			continue
		}
		c, err := e.counts()
		if err != nil {
			return nil, err
		}
		all = append(all, c)
	}
	return all, nil
}

func (e *experiment) counts() (c store.Counts, err error) {
	if err := e.load(); err != nil {
		return c, err
	}
	epochs, err := e.epochs()
	if err != nil {
		return c, err
	}
	c = store.NewCounts(*e.record, epochs)
	for _, name := range [][]byte{countsBucket, importedBucket} {
		if err := readCounts(&c, e.bucket.Bucket(name)); err != nil {
			return c, fmt.Errorf("%w: counts of %q", err, e.name)
		}
	}
	c.DropZeros() // imported counts may cancel others
	return c, nil
}

// readCounts adds the counts in b, which may be nil, to c.
func readCounts(c *store.Counts, b *bbolt.Bucket) error {
	if b == nil {
		return nil
	}
	return b.ForEach(func(key, value []byte) error {
		k, err := decodeCountKey(key)
		if err != nil {
			return err
		}
		return readCount(c, k, value)
	})
}

func readCount(c *store.Counts, k countKey, value []byte) (err error) {
	var n int64
	var sums store.EpochConversions
	if k.kind == countSums {
		sums, err = decodeSums(value)
	} else {
		n, err = decodeNumber(value)
	}
	switch {
	case err != nil:
		return err
	case k.kind == countExcluded:
		c.Excluded += n
		return nil
	case int(k.alternative) >= len(c.Alternatives):
		return nil // the record has fewer of them now
	}
	a := &c.Alternatives[k.alternative]
	switch {
	case k.kind == countDay:
		a.AddDay(store.Day(k.when), n)
	case k.kind == countEpoch:
		a.AddEpoch(k.when, n)
	case int(k.kpi) >= len(a.KPIs):
		return errDamaged
	case k.kind == countSums:
		sums.Epoch = k.when
		a.KPIs[k.kpi].AddEpoch(sums)
	case k.kind == countConverted:
		a.KPIs[k.kpi].AddDay(store.Day(k.when), n, 0)
	default:
		a.KPIs[k.kpi].AddDay(store.Day(k.when), 0, n)
	}
	return nil
}

// addCounts adds counts to those in b.
func (x *txn) addCounts(b *bbolt.Bucket, c store.Counts) (err error) {
	number := func(kind byte, alternative, kpi int, when uint32, n int64) {
		if n != 0 && err == nil {
			err = x.addNumber(b, countKey{kind, uint32(alternative), uint32(kpi), when}, n)
		}
	}
	number(countExcluded, 0, 0, 0, c.Excluded)
	for i, a := range c.Alternatives {
		for _, d := range a.Days {
			number(countDay, i, 0, uint32(d.Day), d.Participants)
		}
		for _, e := range a.Epochs {
			number(countEpoch, i, 0, e.Epoch, e.Participants)
		}
		for j, k := range a.KPIs {
			for _, d := range k.Days {
				number(countConverted, i, j, uint32(d.Day), d.Converted)
				number(countEvents, i, j, uint32(d.Day), d.Events)
			}
			for _, e := range k.Epochs {
				if err == nil {
					err = x.addSums(b, countKey{countSums, uint32(i), uint32(j), e.Epoch}, e)
				}
			}
		}
	}
	return err
}

func (x *txn) addNumber(b *bbolt.Bucket, k countKey, n int64) error {
	key := k.encode()
	before, err := decodeNumber(b.Get(key))
	if err == nil {
		x.put(b, key, binary.AppendVarint(nil, before+n))
	}
	return err
}

func (x *txn) addSums(b *bbolt.Bucket, k countKey, e store.EpochConversions) error {
	key := k.encode()
	sums, err := decodeSums(b.Get(key))
	if err == nil {
		sums.Add(e)
		x.put(b, key, encodeSums(sums))
	}
	return err
}

// rebase replaces the counts that no client accounts for. If they are the same, it writes
// nothing.
func (e *experiment) rebase(given store.Counts) error {
	for _, kpi := range given.KPIs() {
		if _, err := e.kpi(kpi, ""); err != nil {
			return err
		}
	}
	known, change := store.NewCounts(*e.record, nil), store.NewCounts(*e.record, nil)
	if err := readCounts(&known, e.bucket.Bucket(importedBucket)); err != nil {
		return err
	}
	change.Add(given)
	change.Sub(known)
	change.DropZeros()
	b, err := e.bucket.CreateBucketIfNotExists(importedBucket)
	if err != nil {
		e.txn.wrote(err)
		return err
	}
	return e.txn.addCounts(b, change)
}

func decodeNumber(b []byte) (int64, error) {
	if b == nil {
		return 0, nil
	}
	d := decoder{rest: b}
	return d.varint(), d.err
}

func encodeSums(e store.EpochConversions) []byte {
	b := binary.AppendVarint(nil, e.Converted)
	b = binary.AppendVarint(b, e.NonZero)
	return appendInt(appendInt(b, e.Sum), e.Squares)
}

func decodeSums(b []byte) (store.EpochConversions, error) {
	if b == nil {
		return store.EpochConversions{Sum: new(big.Int), Squares: new(big.Int)}, nil
	}
	d := decoder{rest: b}
	e := store.EpochConversions{Converted: d.varint(), NonZero: d.varint(), Sum: d.int(), Squares: d.int()}
	return e, d.err
}
