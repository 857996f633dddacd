package bolt

import (
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/sixpack-go/sixpack/store"
)

// encode returns a value as JSON. The error wraps [store.ErrInvalid] if a number is not finite, or
// a year is beyond 9999.
func encode(what string, value any) ([]byte, error) {
	text, err := json.Marshal(value)
	if err != nil {
		return nil, fmt.Errorf("%w: %s: %w", store.ErrInvalid, what, err)
	}
	return text, nil
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
