package bolt

import (
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"math/big"

	"go.etcd.io/bbolt"

	"github.com/sixpack-go/sixpack/store"
)

func encodeRecord(r store.Record) ([]byte, error) {
	value, err := json.Marshal(r)
	if err != nil { // a number that is not finite, or a year beyond 9999
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

// The key of a client is the 16 bytes of its ID if that is a UUID as usually
// written, else the ID after a prefix that never makes it 16 bytes long.
const (
	prefixOther = "\x00"
	prefixOf15  = "\x01\x01" // for IDs of 15 bytes
)

func clientKey(id string) []byte {
	if key, ok := parseUUID(id); ok {
		return key[:]
	}
	if len(id) == 15 {
		return []byte(prefixOf15 + id)
	}
	return []byte(prefixOther + id)
}

func clientID(key []byte) string {
	if len(key) == 16 {
		id := formatUUID([16]byte(key))
		return string(id[:])
	}
	if key[0] == prefixOf15[0] {
		return string(key[len(prefixOf15):])
	}
	return string(key[len(prefixOther):])
}

// checkClientID tells whether an ID can be a key.
func checkClientID(id string) error {
	if len(prefixOther)+len(id) > bbolt.MaxKeySize {
		return fmt.Errorf("%w: client ID of %d bytes", store.ErrInvalid, len(id))
	}
	return nil
}

func parseUUID(id string) (key [16]byte, ok bool) {
	if len(id) != 36 {
		return key, false
	}
	digits := append(make([]byte, 0, 32), id[:8]...)
	digits = append(digits, id[9:13]...)
	digits = append(digits, id[14:18]...)
	digits = append(digits, id[19:23]...)
	digits = append(digits, id[24:]...)
	if _, err := hex.Decode(key[:], digits); err != nil {
		return key, false
	}
	usual := formatUUID(key) // in lower case, with dashes where they belong
	return key, string(usual[:]) == id
}

func formatUUID(key [16]byte) (id [36]byte) {
	b := hex.AppendEncode(id[:0], key[:4])
	b = hex.AppendEncode(append(b, '-'), key[4:6])
	b = hex.AppendEncode(append(b, '-'), key[6:8])
	b = hex.AppendEncode(append(b, '-'), key[8:10])
	hex.AppendEncode(append(b, '-'), key[10:])
	return id
}

// appendInt writes a number of any size: the length of its bytes, doubled and 1
// more if it is negative, and the bytes.
func appendInt(b []byte, n *big.Int) []byte {
	bytes := n.Bytes()
	head := uint64(len(bytes)) << 1
	if n.Sign() < 0 {
		head |= 1
	}
	return append(binary.AppendUvarint(b, head), bytes...)
}

// A decoder takes numbers from the front of bytes. Once these make no sense,
// err is set.
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

// skip drops a number of size bytes; what is not positive says there was none.
func (d *decoder) skip(size int) {
	if size <= 0 {
		d.rest, d.err = nil, errDamaged
		return
	}
	d.rest = d.rest[size:]
}
