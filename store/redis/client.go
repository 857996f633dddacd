package redis

import (
	"encoding/binary"
	"errors"
	"math"
	"math/rand/v2"
	"strconv"

	"github.com/sixpack-go/sixpack/store"
)

var errDamaged = errors.New("what is stored makes no sense")

const (
	nonceSize = 5
	firstDay  = 18262 // 2020-01-01: days near it take two bytes
)

// A client is what lua/client.lua describes.
type client struct {
	choice      int
	reserved    bool
	epoch       uint32
	day         store.Day
	conversions []conversion
}

type conversion struct {
	kpi    int
	day    store.Day
	events int64
}

func (c client) takesPart() bool { return c.choice >= 0 && !c.reserved }

// encode returns the value of a client without conversions.
func (c client) encode() string {
	if c.choice == store.None {
		return ""
	}
	code := uint64(0)
	if c.choice >= 0 {
		code = uint64(c.choice+1) << 1
	}
	if c.reserved {
		code |= 1
	}
	b := binary.AppendUvarint(make([]byte, 0, 16), code)
	b = binary.AppendUvarint(b, uint64(c.epoch))
	return string(appendDay(b, c.day))
}

// count returns the count that a new client adds to, nothing for one that is
// reserved.
func (c client) count() string {
	switch {
	case c.choice == store.Out:
		return string(countOut)
	case c.takesPart():
		return string(countParticipants) + strconv.Itoa(c.choice) + ":" + strconv.FormatUint(uint64(c.epoch), 10) + ":" + formatDay(c.day)
	}
	return ""
}

func appendDay(b []byte, d store.Day) []byte { return binary.AppendVarint(b, int64(d)-firstDay) }

// newNonce returns what tells one call from all others, so that it is carried
// out once even if its reply is lost and it is sent again.
func newNonce() string {
	var b [8]byte
	binary.LittleEndian.PutUint64(b[:], rand.Uint64()|1) //nolint:gosec // has to differ, not to be secret
	return string(b[:nonceSize])
}

func decodeClient(value string) (client, error) {
	if value == "" {
		return client{choice: store.None}, nil
	}
	d := decoder{rest: []byte(value)}
	code := d.uvarint()
	c := client{choice: int(code>>1) - 1, reserved: code&1 != 0, epoch: uint32(d.uvarint()), day: d.day()}
	for len(d.rest) > 0 {
		v := conversion{kpi: int(d.uvarint()), day: d.day(), events: int64(d.uvarint())}
		d.skip(nonceSize)
		c.conversions = append(c.conversions, v)
	}
	return c, d.err
}

// A decoder takes numbers from the front of bytes. Once these make no sense,
// err is set.
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

// totalField is where a client's total of a KPI is.
func totalField(kpi int, field string) string {
	return string(binary.AppendUvarint(nil, uint64(kpi))) + field
}
