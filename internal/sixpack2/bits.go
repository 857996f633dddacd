package sixpack2

import (
	"encoding/binary"
	"iter"
	mathbits "math/bits"
)

// bits is a part of a bitmap as Redis keeps it: bit 0 is the highest bit of the first
// byte. Its length is a multiple of 8 bytes where single bits are read.
type bits []byte

// all iterates over the bits that are set, in order.
func (b bits) all() iter.Seq[int] {
	return func(yield func(int) bool) {
		for i := 0; i < len(b); i += 8 {
			for word := binary.BigEndian.Uint64(b[i:]); word != 0; {
				n := mathbits.LeadingZeros64(word)
				if !yield(8*i + n) {
					return
				}
				word &^= 1 << (63 - n)
			}
		}
	}
}

func (b bits) count() (n int64) {
	for i := 0; i < len(b); i += 8 {
		n += int64(mathbits.OnesCount64(binary.BigEndian.Uint64(b[i:])))
	}
	return n
}

func (b bits) has(i int) bool { return b[i/8]&(0x80>>(i%8)) != 0 }

func (b bits) set(i int) { b[i/8] |= 0x80 >> (i % 8) }

// or sets the bits of o in b. It must not be longer than b.
func (b bits) or(o bits) {
	for i, c := range o {
		b[i] |= c
	}
}

// without returns the bits of b that are not set in o, which has the same length.
func (b bits) without(o bits) bits {
	rest := make(bits, len(b))
	for i := range b {
		rest[i] = b[i] &^ o[i]
	}
	return rest
}

// span returns the bytes from the first to the last that are not zero, and the index of
// the first.
func (b bits) span() (from int, trimmed bits) {
	to := len(b)
	for from < to && b[from] == 0 {
		from++
	}
	for to > from && b[to-1] == 0 {
		to--
	}
	return from, b[from:to]
}
