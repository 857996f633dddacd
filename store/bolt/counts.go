package bolt

import (
	"encoding/binary"
	"math/big"

	"go.etcd.io/bbolt"

	"github.com/sixpack-go/sixpack/store"
)

// What a count is of. The value of countSums is two numbers, clients that
// converted and clients whose total is not zero, and the two sums; that of the
// others is one number.
const (
	countExcluded  = iota + 1
	countDay       // participants, when is the day
	countEpoch     // participants, when is the epoch
	countConverted // clients, when is the day
	countEvents    // conversions, when is the day
	countSums      // when is the epoch
)

// A countKey names a count; the bytes are its fields in this order.
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

// counts are changes of counts that a transaction writes at its end, so that a
// count is written once however many requests change it.
type counts struct {
	numbers map[countKey]int64                   // to be added
	sums    map[countKey]*store.EpochConversions // what they become
}

func (c *counts) add(k countKey, n int64) {
	if c.numbers == nil {
		c.numbers = make(map[countKey]int64)
	}
	c.numbers[k] += n
}

// sumsOf returns the sums of k, to be changed. They begin as what b holds, if
// there is a b.
func (c *counts) sumsOf(b *bbolt.Bucket, k countKey) (*store.EpochConversions, error) {
	if sums := c.sums[k]; sums != nil {
		return sums, nil
	}
	var value []byte
	if b != nil {
		value = b.Get(k.encode())
	}
	sums, err := decodeSums(value)
	if err != nil {
		return nil, err
	}
	if c.sums == nil {
		c.sums = make(map[countKey]*store.EpochConversions)
	}
	c.sums[k] = &sums
	return &sums, nil
}

// flush writes the changes to b.
func (c counts) flush(x *txn, b *bbolt.Bucket) error {
	for k, n := range c.numbers {
		key := k.encode()
		before, err := decodeNumber(b.Get(key))
		if err != nil {
			return err
		}
		x.put(b, key, binary.AppendVarint(nil, before+n))
	}
	for k, sums := range c.sums {
		x.put(b, k.encode(), encodeSums(*sums))
	}
	return nil
}

// entries returns what a bucket holds in which only these changes were counted.
func (c counts) entries() map[string][]byte {
	entries := make(map[string][]byte, len(c.numbers)+len(c.sums))
	for k, n := range c.numbers {
		if n != 0 {
			entries[string(k.encode())] = binary.AppendVarint(nil, n)
		}
	}
	for k, s := range c.sums {
		if s.Converted != 0 || s.NonZero != 0 || s.Sum.Sign() != 0 || s.Squares.Sign() != 0 {
			entries[string(k.encode())] = encodeSums(*s)
		}
	}
	return entries
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
