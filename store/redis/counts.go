package redis

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/sixpack-go/sixpack/store"
)

// A count is one field of an experiment's counts: what, then numbers that say
// of which alternative, KPI and day or epoch it is, between colons.
//
//	x                  clients that are out
//	p<a>:<epoch>:<day> participants
//	c<a>:<k>:<day>     clients that converted in the upper 32 bits, conversions in the lower
//	o<a>:<k>:<day>     more conversions, of clients imported with too many for that
//	s<a>:<k>:<epoch>:  c: clients that converted, n: whose total is not zero,
//	                   h and l: halves of the sum, in 2³² and 1,
//	                   1 to 5: limbs of the squares, in 10⁰, 10⁷, … 10²⁸
//	E<epoch>           the epoch
//	B                  counts that an import brought
type count struct {
	what byte
	at   [3]int64
	part byte // of s
	n    int64
}

const (
	countOut          = 'x'
	countParticipants = 'p'
	countConversions  = 'c'
	countBulk         = 'o'
	countSums         = 's'
	countEpoch        = 'E'
	countBase         = 'B'

	limbBase     = 10_000_000
	oneConverted = 1 << 32
	maxEvents    = 1 << 52 // of a client: Lua can count on from there
)

// decodeCounts returns the results that fields of an experiment's counts make.
func decodeCounts(record store.Record, fields map[string]string) (store.Counts, error) {
	var epochs []store.Epoch
	var base store.Counts
	counts := make([]count, 0, len(fields))
	for field, value := range fields {
		var err error
		switch field[0] {
		case countEpoch:
			var e store.Epoch
			err = json.Unmarshal([]byte(value), &e)
			epochs = append(epochs, e)
		case countBase:
			err = json.Unmarshal([]byte(value), &base)
		default:
			var c count
			c, err = decodeCount(field, value)
			counts = append(counts, c)
		}
		if err != nil {
			return store.Counts{}, err
		}
	}
	slices.SortFunc(epochs, func(a, b store.Epoch) int { return cmp.Compare(a.Number, b.Number) })
	r := store.NewCounts(record, epochs)
	err := addCounts(&r, counts)
	r.Add(base)
	r.DropZeros() // it may undo others
	return r, err
}

func decodeCount(field, value string) (c count, err error) {
	c.what = field[0]
	if c.n, err = strconv.ParseInt(value, 10, 64); err != nil || c.what == countOut {
		return c, err
	}
	rest := field[1:]
	if c.what == countSums {
		c.part, rest = rest[len(rest)-1], rest[:len(rest)-2]
	}
	for i := 0; rest != "" && i < len(c.at); i++ {
		var number string
		number, rest, _ = strings.Cut(rest, ":")
		if c.at[i], err = strconv.ParseInt(number, 10, 64); err != nil {
			return c, err
		}
	}
	return c, nil
}

// addCounts adds them in the order of days and epochs, as that is cheapest.
func addCounts(r *store.Counts, counts []count) error {
	slices.SortFunc(counts, func(a, b count) int {
		return cmp.Or(cmp.Compare(a.at[0], b.at[0]), cmp.Compare(a.at[1], b.at[1]), cmp.Compare(a.at[2], b.at[2]))
	})
	for _, c := range counts {
		if c.what == countOut {
			r.Excluded += c.n
			continue
		}
		if c.at[0] >= int64(len(r.Alternatives)) {
			return fmt.Errorf("alternative %d of %d", c.at[0], len(r.Alternatives))
		}
		if err := c.addTo(&r.Alternatives[c.at[0]]); err != nil {
			return err
		}
	}
	return nil
}

func (c count) addTo(a *store.AlternativeCounts) error {
	if c.what == countParticipants {
		a.AddEpoch(uint32(c.at[1]), c.n)
		a.AddDay(store.Day(c.at[2]), c.n)
		return nil
	}
	if c.at[1] >= int64(len(a.KPIs)) {
		return fmt.Errorf("KPI %d of %d", c.at[1], len(a.KPIs))
	}
	k := &a.KPIs[c.at[1]]
	switch c.what {
	case countConversions:
		k.AddDay(store.Day(c.at[2]), c.n/oneConverted, c.n%oneConverted)
	case countBulk:
		k.AddDay(store.Day(c.at[2]), 0, c.n)
	case countSums:
		k.AddEpoch(c.sums())
	}
	return nil
}

// sums returns what one part adds.
func (c count) sums() store.EpochConversions {
	e := store.EpochConversions{Epoch: uint32(c.at[2])}
	switch c.part {
	case 'c':
		e.Converted = c.n
	case 'n':
		e.NonZero = c.n
	case 'h':
		e.Sum = new(big.Int).Lsh(big.NewInt(c.n), 32)
	case 'l':
		e.Sum = big.NewInt(c.n)
	default:
		unit := new(big.Int).Exp(big.NewInt(limbBase), big.NewInt(int64(c.part-'1')), nil)
		e.Squares = unit.Mul(unit, big.NewInt(c.n))
	}
	return e
}
