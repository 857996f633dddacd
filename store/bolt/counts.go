package bolt

import (
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/sixpack-go/sixpack/store"
)

// The kinds of counts, and their values. A number is of any sign; sums are encoded by encodeSums.
// The kinds named old are those of format 1, which knew cohorts and values only by epoch. They
// are read, but no longer written.
const (
	countExcluded     = iota + 1 // number of clients that are Out
	oldDay                       // number of participants on a day
	oldEpoch                     // number of participants of an epoch, which is in the place of the day
	oldConverted                 // number of clients that converted first on a day
	oldEvents                    // number of conversions on a day
	oldSums                      // sums of an epoch, which is in the place of the day
	countDay                     // number of participants on a day
	countCohort                  // number of participants of a cohort
	countConversions             // number of conversions on a day, and sums
	countCohortValues            // sums of a cohort
	countKnownFrom               // store.Counts.KnownFrom of imported counts
)

// A countKey is the key of a count. It is encoded as its fields in this order, without the
// epoch if the kind has none.
type countKey struct {
	kind             byte
	alternative, kpi uint32 // indices
	epoch            uint32
	day              store.Day
}

func (k countKey) hasEpoch() bool { return k.kind == countCohort || k.kind == countCohortValues }

func (k countKey) encode() []byte {
	b := append(make([]byte, 0, 17), k.kind)
	b = binary.BigEndian.AppendUint32(b, k.alternative)
	b = binary.BigEndian.AppendUint32(b, k.kpi)
	if k.hasEpoch() {
		b = binary.BigEndian.AppendUint32(b, k.epoch)
	}
	return binary.BigEndian.AppendUint32(b, uint32(k.day))
}

func decodeCountKey(b []byte) (k countKey, err error) {
	if len(b) > 0 {
		k.kind = b[0]
	}
	if len(b) != len(k.encode()) || k.kind > countKnownFrom {
		return countKey{}, errDamaged
	}
	k.alternative, k.kpi = binary.BigEndian.Uint32(b[1:]), binary.BigEndian.Uint32(b[5:])
	if k.hasEpoch() {
		k.epoch = binary.BigEndian.Uint32(b[9:])
	}
	k.day = store.Day(binary.BigEndian.Uint32(b[len(b)-4:]))
	return k, nil
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
	var from store.Day
	for _, name := range [][]byte{countsBucket, importedBucket} {
		known, err := readCounts(&c, e.bucket.Bucket(name))
		if err != nil {
			return c, fmt.Errorf("%w: counts of %q", err, e.name)
		}
		from = max(from, known)
	}
	c.Forget(from)
	c.DropZeros() // imported counts may cancel others
	return c, nil
}

// readCounts adds the counts in b, which may be nil, to c. It returns the day from which on the
// cohorts in b are known, as in store.Counts.KnownFrom. With counts of format 1, it is the day
// after the last of them, because clients of earlier days may be counted in both ways.
func readCounts(c *store.Counts, b *bbolt.Bucket) (from store.Day, err error) {
	if b == nil {
		return 0, nil
	}
	err = b.ForEach(func(key, value []byte) error {
		k, err := decodeCountKey(key)
		if err != nil {
			return err
		}
		d := decoder{rest: value}
		switch k.kind {
		case oldDay, oldConverted, oldEvents:
			from = max(from, k.day+1)
		case countKnownFrom:
			from = max(from, store.Day(d.varint()))
			return d.err
		}
		return readCount(c, k, &d)
	})
	return from, err
}

// readCount adds a count to c.
func readCount(c *store.Counts, k countKey, d *decoder) error {
	if k.kind == countExcluded {
		c.Excluded += d.varint()
		return d.err
	}
	if int(k.alternative) >= len(c.Alternatives) {
		return nil // the record has fewer of them now
	}
	a := &c.Alternatives[k.alternative]
	switch k.kind {
	case oldDay, countDay:
		a.AddDay(k.day, d.varint())
	case oldEpoch:
		a.AddCohort(uint32(k.day), store.UnknownDay, d.varint())
	case countCohort:
		a.AddCohort(k.epoch, k.day, d.varint())
	default:
		if int(k.kpi) >= len(a.KPIs) {
			return errDamaged
		}
		readConversions(&a.KPIs[k.kpi], k, d)
	}
	return d.err
}

func readConversions(to *store.KPICounts, k countKey, d *decoder) {
	switch k.kind {
	case oldConverted:
		to.AddDay(k.day, d.varint(), 0)
	case oldEvents:
		to.AddDay(k.day, 0, d.varint())
	case oldSums:
		sums := d.sums()
		to.AddCohort(store.CohortConversions{Epoch: uint32(k.day), Day: store.UnknownDay, Sums: sums})
		sums.Converted = 0 // they are in oldConverted
		to.AddConversions(store.DayConversions{Day: store.UnknownDay, Sums: sums})
	case countConversions:
		to.AddConversions(store.DayConversions{Day: k.day, Events: d.varint(), Sums: d.sums()})
	case countCohortValues:
		to.AddCohort(store.CohortConversions{Epoch: k.epoch, Day: k.day, Sums: d.sums()})
	}
}

// addCounts adds counts to those in b.
func (x *txn) addCounts(b *bbolt.Bucket, c store.Counts) error {
	w := countWriter{txn: x, bucket: b}
	w.number(countKey{kind: countExcluded}, c.Excluded)
	for i, a := range c.Alternatives {
		at := countKey{alternative: uint32(i)}
		for _, d := range a.Days {
			w.number(at.with(countDay, 0, d.Day), d.Participants)
		}
		for _, o := range a.Cohorts {
			w.number(at.with(countCohort, o.Epoch, o.Day), o.Participants)
		}
		for j, k := range a.KPIs {
			at.kpi = uint32(j)
			for _, d := range k.Days {
				w.conversions(at.with(countConversions, 0, d.Day), d)
			}
			for _, o := range k.Cohorts {
				w.sums(at.with(countCohortValues, o.Epoch, o.Day), o.Sums)
			}
		}
	}
	return w.err
}

func (k countKey) with(kind byte, epoch uint32, day store.Day) countKey {
	k.kind, k.epoch, k.day = kind, epoch, day
	return k
}

// A countWriter adds counts to those in a bucket. After an error it does nothing.
type countWriter struct {
	txn    *txn
	bucket *bbolt.Bucket
	err    error
}

// add replaces the value of a count by the one that sum returns.
func (w *countWriter) add(k countKey, sum func(before *decoder) []byte) {
	if w.err != nil {
		return
	}
	key := k.encode()
	d := decoder{rest: w.bucket.Get(key)}
	if d.rest == nil {
		d = decoder{rest: zeroCount}
	}
	value := sum(&d)
	if w.err = d.err; w.err == nil {
		w.txn.put(w.bucket, key, value)
	}
}

// zeroCount is the value of a count of any kind that is not there.
var zeroCount = make([]byte, 5)

func (w *countWriter) number(k countKey, n int64) {
	if n != 0 {
		w.add(k, func(before *decoder) []byte { return binary.AppendVarint(nil, before.varint()+n) })
	}
}

func (w *countWriter) conversions(k countKey, n store.DayConversions) {
	if n.Events == 0 && n.IsZero() {
		return
	}
	w.add(k, func(before *decoder) []byte {
		b := binary.AppendVarint(nil, before.varint()+n.Events)
		return appendSums(b, before, n.Sums)
	})
}

func (w *countWriter) sums(k countKey, n store.Sums) {
	if !n.IsZero() {
		w.add(k, func(before *decoder) []byte { return appendSums(nil, before, n) })
	}
}

// appendSums appends n plus the sums that come next in before.
func appendSums(b []byte, before *decoder, n store.Sums) []byte {
	sums := before.sums()
	sums.Add(n)
	return encodeSums(b, sums)
}

// rebase replaces the counts that no client accounts for. If they are the same, it writes
// nothing.
func (e *experiment) rebase(given store.Counts) error {
	for _, kpi := range given.KPIs() {
		if _, err := e.kpi(kpi, ""); err != nil {
			return err
		}
	}
	known := store.NewCounts(*e.record, nil)
	from, err := readCounts(&known, e.bucket.Bucket(importedBucket))
	if err != nil {
		return err
	}
	known.Sub(given)
	if from == given.KnownFrom && known.IsZero() {
		return nil
	}
	b, err := e.txn.emptyBucket(e.bucket, importedBucket)
	if err != nil {
		return err
	}
	e.txn.put(b, countKey{kind: countKnownFrom}.encode(), binary.AppendVarint(nil, int64(given.KnownFrom)))
	base := store.NewCounts(*e.record, nil)
	base.Add(given)
	return e.txn.addCounts(b, base)
}

func encodeSums(b []byte, s store.Sums) []byte {
	b = binary.AppendVarint(b, s.Converted)
	b = binary.AppendVarint(b, s.NonZero)
	return appendInt(appendInt(b, s.Sum), s.Squares)
}

func (d *decoder) sums() store.Sums {
	return store.Sums{Converted: d.varint(), NonZero: d.varint(), Sum: d.int(), Squares: d.int()}
}
