package sixpack2

import (
	"context"
	"slices"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/store"
)

// blockSize is the number of clients written at a time. It is a multiple of 8, so that no
// two blocks share a byte of a bitmap.
const blockSize = 1 << 16

// An entry is what is written under one number.
type entry struct {
	name string // none is written if empty
	// choice is the alternative of its conversions, store.Out if it is excluded;
	// of participation as well if it takes part.
	choice      int
	takesPart   bool
	day         store.Day
	conversions []store.ClientConversion
}

// A writer writes the entries of one experiment in blocks of numbers.
type writer struct {
	space *Space
	keys  keys
	to    store.Record
	base  int64 // the number of the first of the block
	size  int   // number of entries in the block
	names []string
	ids   []int    // of names, in the block
	out   []uint16 // excluded ones
	parts []map[store.Day][]uint16
}

func newWriter(s *Space, r store.Record) *writer {
	w := &writer{space: s, keys: s.keysOf(r.Name), to: r}
	w.clear()
	return w
}

func (w *writer) clear() {
	w.size, w.names, w.ids, w.out = 0, w.names[:0], w.ids[:0], w.out[:0]
	w.parts = make([]map[store.Day][]uint16, (1+len(w.to.KPIs))*len(w.to.Alternatives))
}

// add assigns the next number to an entry.
func (w *writer) add(ctx context.Context, e entry) error {
	id := uint16(w.size)
	w.size++
	if e.name != "" {
		w.names, w.ids = append(w.names, e.name), append(w.ids, int(id))
	}
	if e.choice == store.Out {
		w.out = append(w.out, id)
	}
	if e.takesPart {
		w.mark(0, e.choice, e.day, id)
	}
	for _, v := range e.conversions {
		w.mark(1+slices.Index(w.to.KPIs, v.KPI), e.choice, v.Day, id)
	}
	if w.size == blockSize {
		return w.flush(ctx)
	}
	return nil
}

func (w *writer) mark(of, alternative int, day store.Day, id uint16) {
	part := &w.parts[of*len(w.to.Alternatives)+alternative]
	if *part == nil {
		*part = make(map[store.Day][]uint16)
	}
	(*part)[day] = append((*part)[day], id)
}

// flush writes the block and begins the next.
func (w *writer) flush(ctx context.Context) error {
	p := &pipe{space: w.space}
	if err := w.writeNames(ctx, p); err != nil {
		return err
	}
	if len(w.out) > 0 {
		b := make(bits, blockSize/8)
		for _, id := range w.out {
			b.set(int(id))
		}
		if err := w.writeBits(ctx, p, w.keys.excluded(), b); err != nil {
			return err
		}
	}
	for of := range 1 + len(w.to.KPIs) {
		if err := w.writeKind(ctx, p, of); err != nil {
			return err
		}
	}
	w.base += int64(w.size)
	w.clear()
	return p.flush(ctx)
}

// writeNames writes the numbers of the names.
func (w *writer) writeNames(ctx context.Context, p *pipe) error {
	const each = 1000
	for from := 0; from < len(w.names); from += each {
		add, size := w.space.client.B().Zadd().Key(w.keys.users()).ScoreMember(), 0
		for i := from; i < min(from+each, len(w.names)); i++ {
			add = add.ScoreMember(float64(w.base+int64(w.ids[i])), w.names[i])
			size += len(w.names[i])
		}
		if err := p.send(ctx, add.Build(), size); err != nil {
			return err
		}
	}
	return nil
}

// writeKind writes the bitmaps of a kind and the sets of their periods: 0 is participation, 1
// the first KPI, and so on.
func (w *writer) writeKind(ctx context.Context, p *pipe, of int) error {
	parts := w.parts[of*len(w.to.Alternatives):][:len(w.to.Alternatives)]
	var which kind
	if of > 0 {
		which = kind{conversions: true, kpi: w.to.KPIs[of-1]}
	}
	together := make(map[string]bits)
	for i, part := range parts {
		apart := make(map[string]bits)
		for day, ids := range part {
			for _, period := range periodsOf(day) {
				b := grown(apart, period)
				for _, id := range ids {
					b.set(int(id))
				}
			}
		}
		for period, b := range apart {
			grown(together, period).or(b)
			if err := w.writeBits(ctx, p, w.keys.bitmap(which, w.to.Alternatives[i], period), b); err != nil {
				return err
			}
		}
	}
	for period, b := range together {
		if err := w.writeBits(ctx, p, w.keys.bitmap(which, everyone, period), b); err != nil {
			return err
		}
		for _, u := range units {
			if len(period) != len(u.form) {
				continue
			}
			add := w.space.client.B().Sadd().Key(w.keys.periods(which, u.name)).Member(period).Build()
			if err := p.send(ctx, add, len(period)); err != nil {
				return err
			}
		}
	}
	return nil
}

// grown returns the bits of a period, and adds them if there are none.
func grown(all map[string]bits, period string) bits {
	if all[period] == nil {
		all[period] = make(bits, blockSize/8)
	}
	return all[period]
}

// periodsOf returns the periods that a day is in.
func periodsOf(day store.Day) []string {
	periods := []string{always}
	for _, u := range units {
		periods = append(periods, day.Time().Format(u.form))
	}
	return periods
}

// writeBits writes the bits of the block in a bitmap.
func (w *writer) writeBits(ctx context.Context, p *pipe, key string, b bits) error {
	from, trimmed := b.span()
	set := w.space.client.B().Setrange().Key(key).Offset(w.base/8 + int64(from)).Value(string(trimmed)).Build()
	return p.send(ctx, set, len(trimmed)+len(key))
}

// A pipe sends commands many at a time, and checks their replies only for errors.
type pipe struct {
	space    *Space
	commands []rueidis.Completed
	bytes    int
}

func (p *pipe) send(ctx context.Context, command rueidis.Completed, bytes int) error {
	p.commands = append(p.commands, command)
	p.bytes += bytes
	if p.bytes > maxBytes || len(p.commands) == maxCommands {
		return p.flush(ctx)
	}
	return nil
}

func (p *pipe) flush(ctx context.Context) error {
	if len(p.commands) == 0 {
		return nil
	}
	for _, r := range p.space.client.DoMulti(ctx, p.commands...) {
		if err := r.Error(); err != nil {
			return err
		}
	}
	p.commands, p.bytes = nil, 0
	return nil
}

// syntheticName begins the names of synthetic clients. A server refuses such names from
// callers because of the control character.
const syntheticName = "\x00counted without a client: "
