package redis

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/sixpack-go/sixpack/store"
)

var errDamaged = errors.New("stored data is corrupt")

const (
	nonceSize = 5
	firstDay  = 18262 // 2020-01-01: days near it take two bytes
)

// A client is the value of a client, as lua/client.lua describes it.
type client struct {
	store.ClientState

	conversions []conversion
}

type conversion struct {
	kpi    int // index
	day    store.Day
	events int64
}

// encodeState returns the value of a client without conversions, empty for None.
func encodeState(c store.ClientState) string {
	if c.Choice == store.None {
		return ""
	}
	code := uint64(0)
	if c.Choice >= 0 {
		code = uint64(c.Choice+1) << 1
	}
	if c.Reserved {
		code |= 1
	}
	b := binary.AppendUvarint(make([]byte, 0, 16), code)
	b = binary.AppendUvarint(b, uint64(c.Epoch))
	return string(appendDay(b, c.Day))
}

// countOf returns the field of the count that a new client adds to, empty for none.
func countOf(c store.ClientState) string {
	switch {
	case c.Choice == store.Out:
		return string(countOut)
	case c.Participates():
		return string(countParticipants) + strconv.Itoa(c.Choice) + ":" + strconv.FormatUint(uint64(c.Epoch), 10) + ":" + formatDay(c.Day)
	}
	return ""
}

func appendDay(b []byte, d store.Day) []byte { return binary.AppendVarint(b, int64(d)-firstDay) }

func formatDay(d store.Day) string { return strconv.Itoa(int(d)) }

// newNonce returns a text that identifies a call, so that it is carried out only once if its
// reply is lost and it is sent again.
func newNonce() string {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], rand.Uint64()|1) //nolint:gosec // has to differ, not to be secret
	return string(b[:nonceSize])
}

func decodeClient(value string) (client, error) {
	if value == "" {
		return client{ClientState: store.ClientState{Choice: store.None}}, nil
	}
	d := decoder{rest: []byte(value)}
	code := d.uvarint()
	c := client{ClientState: store.ClientState{Choice: int(code>>1) - 1, Reserved: code&1 != 0, Epoch: uint32(d.uvarint()), Day: d.day()}}
	for len(d.rest) > 0 {
		v := conversion{kpi: int(d.uvarint()), day: d.day(), events: int64(d.uvarint())}
		d.skip(nonceSize)
		c.conversions = append(c.conversions, v)
	}
	return c, d.err
}

// A decoder takes numbers from the front of a slice of bytes. If that fails, it sets err.
type decoder struct {
	rest []byte
	err  error
}

func (d *decoder) uvarint() uint64 {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 || n > math.MaxInt64 {
		size = math.MaxInt
	}
	d.skip(size)
	return n
}

func (d *decoder) day() store.Day {
	n, size := binary.Varint(d.rest)
	if size <= 0 {
		size = math.MaxInt
	}
	d.skip(size)
	return store.Day(n + firstDay)
}

func (d *decoder) skip(n int) {
	if n > len(d.rest) {
		d.rest, d.err = nil, errDamaged
		return
	}
	d.rest = d.rest[n:]
}

// totalField returns the field of a client's total for a KPI.
func totalField(kpi int, field string) string {
	return string(binary.AppendUvarint(nil, uint64(kpi))) + field
}
