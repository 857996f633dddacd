package bolt

import (
	"encoding/binary"
	"fmt"

	"go.etcd.io/bbolt"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/internal/clientid"
)

// A client is the value of a client in the file.
type client struct {
	store.ClientState

	conversions []byte // encoded; see conversion
}

// unseen is the value of a client that was never seen.
var unseen = client{ClientState: store.ClientState{Choice: store.None}}

// encode returns the choice plus 1, doubled, plus 1 if it is reserved, then the epoch, the day
// and the conversions.
func (c client) encode() []byte {
	head := uint64(c.Choice+1) << 1
	if c.Reserved {
		head |= 1
	}
	b := binary.AppendUvarint(make([]byte, 0, 8+len(c.conversions)), head)
	b = binary.AppendUvarint(b, uint64(c.Epoch))
	b = binary.AppendVarint(b, int64(c.Day))
	return append(b, c.conversions...)
}

// decodeClient decodes a value. The conversions of the result are a part of value.
func decodeClient(value []byte) (client, error) {
	if value == nil {
		return unseen, nil
	}
	d := decoder{rest: value}
	head := d.uvarint()
	c := client{ClientState: store.ClientState{
		Choice: int(head>>1) - 1, Reserved: head&1 != 0, Epoch: uint32(d.uvarint()), Day: store.Day(d.varint()),
	}}
	c.conversions = d.rest
	return c, d.err
}

// A conversion is a [store.ClientConversion] with the index of its KPI in Record.KPIs instead
// of the name. It is encoded as the index, the day, the events and the total.
type conversion struct {
	kpi int
	store.ClientConversion
}

func encodeConversions(conversions []conversion) (b []byte) {
	for _, v := range conversions {
		b = binary.AppendUvarint(b, uint64(v.kpi))
		b = binary.AppendVarint(b, int64(v.Day))
		b = binary.AppendUvarint(b, uint64(v.Events))
		b = binary.AppendVarint(b, int64(v.Total))
	}
	return b
}

func decodeConversions(b []byte) (conversions []conversion, err error) {
	d := decoder{rest: b}
	for len(d.rest) > 0 {
		conversions = append(conversions, conversion{int(d.uvarint()), store.ClientConversion{
			Day: store.Day(d.varint()), Events: int64(d.uvarint()), Total: store.Amount(d.varint()),
		}})
	}
	return conversions, d.err
}

// The key of a client is the 16 bytes of its ID if it is a UUID, otherwise the ID after a
// prefix that never makes the key 16 bytes long.
const (
	prefixOther = "\x00"
	prefixOf15  = "\x01\x01" // for IDs of 15 bytes
)

func clientKey(id string) []byte {
	if key, ok := clientid.Parse(id); ok {
		return key[:]
	}
	if len(id) == 15 {
		return []byte(prefixOf15 + id)
	}
	return []byte(prefixOther + id)
}

func clientID(key []byte) string {
	if len(key) == 16 {
		return clientid.Format([16]byte(key))
	}
	if key[0] == prefixOf15[0] {
		return string(key[len(prefixOf15):])
	}
	return string(key[len(prefixOther):])
}

// checkClientID refuses IDs that are too long for a key.
func checkClientID(id string) error {
	if len(prefixOther)+len(id) > bbolt.MaxKeySize {
		return fmt.Errorf("%w: client ID of %d bytes", store.ErrInvalid, len(id))
	}
	return nil
}
