package bolt

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/sixpack-go/sixpack/store"
)

func encodeRecord(r store.Record) ([]byte, error) {
	value, err := json.Marshal(r)
	if err != nil { // a number is not finite, or a year is beyond 9999
		return nil, fmt.Errorf("%w: record: %w", store.ErrInvalid, err)
	}
	return value, nil
}

func encodeEpochs(epochs []store.Epoch) ([]byte, error) {
	value, err := json.Marshal(epochs)
	if err != nil {
		return nil, fmt.Errorf("%w: epochs: %w", store.ErrInvalid, err)
	}
	return value, nil
}

// appendInt appends a number of any size: its length in bytes, doubled, plus 1 if it is
// negative, and its bytes.
func appendInt(b []byte, n *big.Int) []byte {
	bytes := n.Bytes()
	head := uint64(len(bytes)) << 1
	if n.Sign() < 0 {
		head |= 1
	}
	return append(binary.AppendUvarint(b, head), bytes...)
}

// A decoder takes numbers from the front of a slice of bytes. If that fails, it sets err.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) uvarint() uint64 {
	n, size := binary.Uvarint(d.rest)
	d.skip(size)
	return n
}

func (d *decoder) varint() int64 {
	n, size := binary.Varint(d.rest)
	d.skip(size)
	return n
}

func (d *decoder) int() *big.Int {
	head := d.uvarint()
	size := head >> 1
	if size > uint64(len(d.rest)) {
		d.skip(0)
		return new(big.Int)
	}
	n := new(big.Int).SetBytes(d.rest[:size])
	d.rest = d.rest[size:]
	if head&1 != 0 {
		n.Neg(n)
	}
	return n
}

// skip drops a number of size bytes. A size that is not positive is an error.
func (d *decoder) skip(size int) {
	if size <= 0 {
		d.rest, d.err = nil, errDamaged
		return
	}
	d.rest = d.rest[size:]
}
