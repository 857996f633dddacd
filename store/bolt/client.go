package bolt

import (
	"encoding/binary"

	"github.com/sixpack-go/sixpack/store"
)

// A client is what is remembered of one.
type client struct {
	choice      int // an index, store.Out, or store.None if nothing is
	reserved    bool
	epoch       uint32
	day         store.Day
	conversions []byte // see conversion
}

// nobody is a client of whom nothing is remembered.
var nobody = client{choice: store.None}

func (c client) takesPart() bool { return c.choice >= 0 && !c.reserved }

// standing grows with what is known of c: an import brings more, never less.
func (c client) standing() int {
	switch {
	case c.choice == store.None:
		return 0
	case c.choice == store.Out:
		return 1
	case c.reserved:
		return 2
	}
	return 3
}

// after returns what c is after p, and whether that is something else.
func (c client) after(p store.Participation) (client, bool) {
	switch {
	case c.choice == store.None && p.Choice != store.None, c.choice == store.Out && p.Choice >= 0:
		return client{choice: p.Choice, reserved: p.Reserve, epoch: p.Epoch, day: store.DayOf(p.At)}, true
	case c.reserved && !p.Reserve && p.Choice >= 0:
		c.reserved, c.day = false, store.DayOf(p.At)
		return c, true
	}
	return c, false
}

// encode returns the choice, 1 more than it is, and whether it is reserved in
// one number, then the epoch, the day and the conversions.
func (c client) encode() []byte {
	head := uint64(c.choice+1) << 1
	if c.reserved {
		head |= 1
	}
	b := binary.AppendUvarint(make([]byte, 0, 8+len(c.conversions)), head)
	b = binary.AppendUvarint(b, uint64(c.epoch))
	b = binary.AppendVarint(b, int64(c.day))
	return append(b, c.conversions...)
}

// decodeClient returns the client a value is of. The conversions are a part of
// value, and live as long.
func decodeClient(value []byte) (client, error) {
	if value == nil {
		return nobody, nil
	}
	d := decoder{rest: value}
	head := d.uvarint()
	c := client{choice: int(head>>1) - 1, reserved: head&1 != 0, epoch: uint32(d.uvarint()), day: store.Day(d.varint())}
	c.conversions = d.rest
	return c, d.err
}

// A conversion is what a client did for a KPI: an index in Record.KPIs. It is
// encoded as four numbers, in this order.
type conversion struct {
	kpi    int
	day    store.Day // of the first one
	events int64
	total  store.Amount
}

func encodeConversions(conversions []conversion) (b []byte) {
	for _, v := range conversions {
		b = binary.AppendUvarint(b, uint64(v.kpi))
		b = binary.AppendVarint(b, int64(v.day))
		b = binary.AppendUvarint(b, uint64(v.events))
		b = binary.AppendVarint(b, int64(v.total))
	}
	return b
}

func decodeConversions(b []byte) (conversions []conversion, err error) {
	d := decoder{rest: b}
	for len(d.rest) > 0 {
		conversions = append(conversions, conversion{
			kpi:    int(d.uvarint()),
			day:    store.Day(d.varint()),
			events: int64(d.uvarint()),
			total:  store.Amount(d.varint()),
		})
	}
	return conversions, d.err
}
