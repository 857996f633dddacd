package redis

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/sixpack-go/sixpack/store"
)

// A count is one field of an experiment's counts: its kind, then the numbers of the
// alternative (a), KPI (k), and day or epoch, separated by colons.
//
//	x                  clients that are Out
//	p<a>:<epoch>:<day> participants
//	c<a>:<k>:<day>     clients that converted in the upper 32 bits, conversions in the lower
//	o<a>:<k>:<day>     conversions of imported clients that have too many for c
//	s<a>:<k>:<epoch>:  followed by c: clients that converted; n: clients with a total that is not
//	                   zero; h and l: parts of the sum, in units of 2³² and 1; 1 to 5: limbs of
//	                   the squares, in units of 10⁰, 10⁷, … 10²⁸
//	E<epoch>           the epoch as JSON
//	B                  imported counts that no client accounts for, as JSON
type count struct {
	kind byte
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
	maxEvents    = 1 << 52 // of a client, so that Lua can count further
)

// Counts implements [store.Store].
func (s *Store) Counts(ctx context.Context, names ...string) (all []store.Counts, err error) {
	const op = "counts"
	if len(names) == 0 {
		if names, err = s.names(ctx, op); err != nil {
			return nil, err
		}
	}
	for _, name := range names {
		err := s.do(ctx, op, func(ctx context.Context) error {
			c, found, err := s.counts(ctx, name)
			if found {
				all = append(all, c)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return all, s.ready(ctx, op)
}

// counts reads the counts, which are one key, between two reads of the record, until both
// reads agree. A script would take the server three times as long for counts of several years.
func (s *Store) counts(ctx context.Context, name string) (r store.Counts, found bool, err error) {
	k := s.known(name)
	if k == nil {
		k = newKeys(baseOf(s.root, name), noGeneration)
	}
	for {
		record := s.client.B().Hgetall().Key(k.record).Build().Pin() // it is sent twice
		replies := s.client.DoMulti(ctx, record, s.client.B().Hgetall().Key(k.counts).Build(), record)
		var fields [3]map[string]string
		for i, reply := range replies {
			if fields[i], err = reply.AsStrMap(); err != nil {
				return r, false, err
			}
		}
		before, counts, after := fields[0], fields[1], fields[2]
		if len(after) == 0 {
			return r, false, nil
		}
		if after[fieldGeneration] == k.generation && maps.Equal(before, after) {
			r, err = decodeCounts(after, counts)
			return r, err == nil, err
		}
		k = newKeys(k.record, after[fieldGeneration])
	}
}

// decodeCounts decodes the fields of an experiment's record and counts.
func decodeCounts(record, fields map[string]string) (store.Counts, error) {
	r, err := decodeRecord(record)
	if err != nil {
		return store.Counts{}, err
	}
	c, err := decodeCountFields(*r, fields)
	if err != nil {
		return store.Counts{}, fmt.Errorf("%w: counts of %q: %w", errDamaged, r.Name, err)
	}
	return c, nil
}

func decodeCountFields(record store.Record, fields map[string]string) (store.Counts, error) {
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
	r.DropZeros() // imported counts may cancel others
	return r, err
}

func decodeCount(field, value string) (c count, err error) {
	c.kind = field[0]
	if c.n, err = strconv.ParseInt(value, 10, 64); err != nil || c.kind == countOut {
		return c, err
	}
	rest := field[1:]
	if c.kind == countSums {
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

// addCounts adds counts in the order of days and epochs, which is the fastest.
func addCounts(r *store.Counts, counts []count) error {
	slices.SortFunc(counts, func(a, b count) int {
		return cmp.Or(cmp.Compare(a.at[0], b.at[0]), cmp.Compare(a.at[1], b.at[1]), cmp.Compare(a.at[2], b.at[2]))
	})
	for _, c := range counts {
		if c.kind == countOut {
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
	if c.kind == countParticipants {
		a.AddEpoch(uint32(c.at[1]), c.n)
		a.AddDay(store.Day(c.at[2]), c.n)
		return nil
	}
	if c.at[1] >= int64(len(a.KPIs)) {
		return fmt.Errorf("KPI %d of %d", c.at[1], len(a.KPIs))
	}
	k := &a.KPIs[c.at[1]]
	switch c.kind {
	case countConversions:
		k.AddDay(store.Day(c.at[2]), c.n/oneConverted, c.n%oneConverted)
	case countBulk:
		k.AddDay(store.Day(c.at[2]), 0, c.n)
	case countSums:
		k.AddEpoch(c.sums())
	}
	return nil
}

// sums returns the part of the sums that c counts.
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
