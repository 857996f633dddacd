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
// alternative (a), KPI (k), epoch and day, separated by colons.
//
//	x                      clients that are Out
//	p<a>:<epoch>:<day>     participants
//	d<a>:<k>:<day>         clients that converted in the upper 32 bits, conversions in the lower
//	b<a>:<k>:<day>         conversions of imported clients that have too many for d
//	w<a>:<k>:<day>         row of sums: how the clients' totals changed on the day
//	v<a>:<k>:<epoch>:<day> row of sums: what the clients of a cohort did
//	E<epoch>               the epoch as JSON
//	B                      imported counts that no client accounts for, as JSON
//
// A row of sums is text: clients that converted (0 in w), clients with a total that is not zero,
// the sum of totals and the sum of their squares. One field is read and written once, where a
// field for each number, or for parts of large ones, would take a command for each.
//
// Earlier releases counted conversions in other fields, which are read, but no longer written:
//
//	c<a>:<k>:<day>     the same as d
//	o<a>:<k>:<day>     the same as b
//	s<a>:<k>:<epoch>:  followed by c: clients that converted; n: clients with a total that is not
//	                   zero; h and l: parts of the sum, in units of 2³² and 1; 1 to 5: limbs of
//	                   the squares, in units of 10⁰, 10⁷, … 10²⁸
type count struct {
	kind byte
	at   [4]int64
	part byte       // of s
	n    int64      // unless there is a row
	row  store.Sums // of w and v
}

const (
	countOut          = 'x'
	countParticipants = 'p'
	countConversions  = 'd'
	countBulk         = 'b'
	countDayValues    = 'w'
	countCohort       = 'v'
	countEpoch        = 'E'
	countBase         = 'B'
	oldConversions    = 'c'
	oldBulk           = 'o'
	oldSums           = 's'

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
	var base imported
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
	r.Add(base.counts())
	r.DropZeros() // imported counts may cancel others
	return r, err
}

// imported is the form of imported counts in JSON. Earlier releases wrote epochs in place of
// cohorts.
type imported struct {
	store.Counts

	Alternatives []struct {
		store.AlternativeCounts

		Epochs []store.Cohort
		KPIs   []struct {
			store.KPICounts

			Epochs []store.CohortConversions
		}
	}
}

func (i imported) counts() store.Counts {
	c := i.Counts
	for _, given := range i.Alternatives {
		a := given.AlternativeCounts
		for _, e := range given.Epochs {
			a.AddCohort(e.Epoch, store.UnknownDay, e.Participants)
		}
		for _, k := range given.KPIs {
			for _, e := range k.Epochs {
				addUnknown(&k.KPICounts, e.Epoch, e.Sums)
			}
			a.KPIs = append(a.KPIs, k.KPICounts)
		}
		c.Alternatives = append(c.Alternatives, a)
	}
	return c
}

// addUnknown adds the sums of an epoch that were counted without days. The clients that
// converted were counted by day as well.
func addUnknown(k *store.KPICounts, epoch uint32, sums store.Sums) {
	k.AddCohort(store.CohortConversions{Epoch: epoch, Day: store.UnknownDay, Sums: sums})
	sums.Converted = 0
	k.AddConversions(store.DayConversions{Day: store.UnknownDay, Sums: sums})
}

func decodeCount(field, value string) (c count, err error) {
	c.kind = field[0]
	switch c.kind {
	case countDayValues, countCohort:
		c.row, err = decodeRow(value)
	default:
		c.n, err = strconv.ParseInt(value, 10, 64)
	}
	if err != nil || c.kind == countOut {
		return c, err
	}
	rest := field[1:]
	if c.kind == oldSums {
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

func decodeRow(text string) (row store.Sums, err error) {
	const base = 10
	parts := strings.Split(text, " ")
	if len(parts) != 4 {
		return row, fmt.Errorf("row %q", text)
	}
	row.Converted, err = strconv.ParseInt(parts[0], base, 64)
	if err == nil {
		row.NonZero, err = strconv.ParseInt(parts[1], base, 64)
	}
	var sum, squares bool
	row.Sum, sum = new(big.Int).SetString(parts[2], base)
	row.Squares, squares = new(big.Int).SetString(parts[3], base)
	if err == nil && !(sum && squares) {
		err = fmt.Errorf("row %q", text)
	}
	return row, err
}

// addCounts adds counts in the order of epochs and days, which is the fastest.
func addCounts(r *store.Counts, counts []count) error {
	slices.SortFunc(counts, func(a, b count) int { return slices.Compare(a.at[:], b.at[:]) })
	var from store.Day // clients of earlier days may have conversions in s as well as in v
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
		if c.kind == oldConversions || c.kind == oldBulk {
			from = max(from, store.Day(c.at[2])+1)
		}
	}
	r.Forget(from)
	return nil
}

func (c count) addTo(a *store.AlternativeCounts) error {
	if c.kind == countParticipants {
		a.AddCohort(uint32(c.at[1]), store.Day(c.at[2]), c.n)
		a.AddDay(store.Day(c.at[2]), c.n)
		return nil
	}
	if c.at[1] >= int64(len(a.KPIs)) {
		return fmt.Errorf("KPI %d of %d", c.at[1], len(a.KPIs))
	}
	k := &a.KPIs[c.at[1]]
	switch c.kind {
	case countConversions, oldConversions:
		k.AddDay(store.Day(c.at[2]), c.n/oneConverted, c.n%oneConverted)
	case countBulk, oldBulk:
		k.AddDay(store.Day(c.at[2]), 0, c.n)
	case countDayValues:
		k.AddConversions(store.DayConversions{Day: store.Day(c.at[2]), Sums: c.row})
	case countCohort:
		k.AddCohort(store.CohortConversions{Epoch: uint32(c.at[2]), Day: store.Day(c.at[3]), Sums: c.row})
	case oldSums:
		addUnknown(k, uint32(c.at[2]), c.sums())
	default:
		return fmt.Errorf("unknown kind %q", c.kind)
	}
	return nil
}

// sums returns the part of the sums that c, which is of an earlier release, counts.
func (c count) sums() (s store.Sums) {
	switch c.part {
	case 'c':
		s.Converted = c.n
	case 'n':
		s.NonZero = c.n
	case 'h':
		s.Sum = new(big.Int).Lsh(big.NewInt(c.n), 32)
	case 'l':
		s.Sum = big.NewInt(c.n)
	default:
		unit := new(big.Int).Exp(big.NewInt(limbBase), big.NewInt(int64(c.part-'1')), nil)
		s.Squares = unit.Mul(unit, big.NewInt(c.n))
	}
	return s
}
