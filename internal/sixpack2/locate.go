package sixpack2

import (
	"context"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

// A bitmap is a bitmap of Sixpack and where it has bits.
type bitmap struct {
	key    string
	day    store.Day
	bits   int64 // number of bits set
	first  int64 // bit set, -1 if none
	length int64 // in bytes
}

// reaches reports whether a bitmap may have bits in a range of bytes.
func (b bitmap) reaches(from, to int64) bool {
	return b.first >= 0 && b.first/8 < to && b.length > from
}

// A series holds the bitmaps of one kind and alternative.
type series struct {
	all  bitmap
	days []bitmap // in order, without empty ones
}

// located describes all bitmaps of an experiment.
type located struct {
	series   [][]series // by kind and alternative
	excluded bitmap
	ids      int64 // numbers that may have bits
	bits     int64 // set in all bitmaps together
	size     int64 // numbers in a chunk
}

// Limits of a chunk: numbers, and bytes of all its bitmaps.
const (
	maxChunk   = 1 << 16
	minChunk   = 1 << 10
	chunkBytes = 32 << 20
)

// locate finds all bitmaps.
func (x *Experiment) locate(ctx context.Context) (l located, err error) {
	days, err := x.days(ctx)
	if err != nil {
		return l, err
	}
	l.series = make([][]series, len(x.kinds))
	l.excluded.key = x.keys.excluded()
	asks := x.measure(nil, &l.excluded)
	bitmaps := int64(0)
	for i, of := range x.kinds {
		l.series[i] = make([]series, len(x.Record.Alternatives))
		for j, alternative := range x.Record.Alternatives {
			s := &l.series[i][j]
			s.all.key = x.keys.bitmap(of, alternative, always)
			s.days = make([]bitmap, len(days[i]))
			asks = x.measure(asks, &s.all)
			for k, day := range days[i] {
				s.days[k] = bitmap{key: x.keys.bitmap(of, alternative, day.String()), day: day}
				asks = x.measure(asks, &s.days[k])
			}
			bitmaps += int64(1 + len(s.days))
		}
	}
	if err := x.ask(ctx, asks); err != nil {
		return l, err
	}
	l.sum()
	l.size = min(max(8*chunkBytes/(1+bitmaps), minChunk), maxChunk) / minChunk * minChunk
	return l, nil
}

// days returns the days that have bitmaps, by kind.
func (x *Experiment) days(ctx context.Context) ([][]store.Day, error) {
	named := make([][]string, len(x.kinds))
	asks := make([]ask, len(x.kinds))
	for i, of := range x.kinds {
		key := x.keys.periods(of, "days")
		asks[i] = ask{key, 0, x.space.client.B().Smembers().Key(key).Build(), list(&named[i])}
	}
	if err := x.ask(ctx, asks); err != nil {
		return nil, err
	}
	days := make([][]store.Day, len(x.kinds))
	for i, of := range x.kinds {
		for _, name := range named[i] {
			day, ok := parseDay(name)
			if !ok {
				x.damagef("%s has %q, which is not a day: not imported", x.keys.periods(of, "days"), name)
				continue
			}
			days[i] = append(days[i], day)
		}
		slices.Sort(days[i])
	}
	return days, nil
}

// measure appends the commands that find where a bitmap has bits.
func (x *Experiment) measure(asks []ask, of *bitmap) []ask {
	b := x.space.client.B
	of.first = -1
	return append(asks,
		ask{of.key, 0, b().Bitcount().Key(of.key).Build(), number(&of.bits)},
		ask{of.key, 0, b().Bitpos().Key(of.key).Bit(1).Build(), number(&of.first)},
		ask{of.key, 0, b().Strlen().Key(of.key).Build(), number(&of.length)},
	)
}

// sum drops days without bits and sets the sums.
func (l *located) sum() {
	l.add(l.excluded)
	for i := range l.series {
		for j := range l.series[i] {
			s := &l.series[i][j]
			s.days = slices.DeleteFunc(s.days, func(b bitmap) bool { return b.bits == 0 })
			l.add(s.all)
			for _, b := range s.days {
				l.add(b)
			}
		}
	}
}

func (l *located) add(b bitmap) {
	l.bits += b.bits
	l.ids = max(l.ids, 8*b.length)
}

// count returns Sixpack's counts.
func (x *Experiment) count(l located) store.Counts {
	r := store.NewCounts(x.Record, []store.Epoch{x.Record.Epoch})
	r.Excluded = l.excluded.bits
	for i, of := range l.series {
		for j, s := range of {
			a := &r.Alternatives[j]
			for _, b := range s.days {
				if i == 0 {
					a.AddDay(b.day, b.bits)
				} else {
					a.KPIs[i-1].AddDay(b.day, b.bits, b.bits)
				}
			}
		}
	}
	return r
}
