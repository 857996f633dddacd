package sixpack2

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sixpack-go/sixpack/store"
)

// A residue holds what a scan finds besides clients and their conversions.
type residue struct {
	extra       store.Counts // bits in other alternatives than the client's
	nameless    store.Counts // bits of numbers without a name
	corrections store.Counts // to be added to Sixpack's counts

	repeated, undated, unlisted, invalid int64 // bits, and clients with an invalid ID
}

func newResidue(r store.Record) residue {
	return residue{extra: store.NewCounts(r, nil), nameless: store.NewCounts(r, nil), corrections: store.NewCounts(r, nil)}
}

// Scan reads all clients and calls take with some at a time, and the count of numbers among
// which they were found. Afterwards Totals, Notes and Damaged are complete.
func (x *Experiment) Scan(ctx context.Context, take func(clients []store.Client, ids int64) error) error {
	x.residue = newResidue(x.Totals.Record)
	for from := int64(0); from < x.IDs; {
		s, err := x.readDated(ctx, from)
		if err != nil {
			return err
		}
		next := min(from+int64(s.size), x.IDs)
		if err := take(x.clients(s), next-from); err != nil {
			return err
		}
		from = next
	}
	x.Totals.Add(x.residue.corrections)
	x.Totals.DropZeros()
	x.noteResidue()
	return nil
}

// readDated reads a chunk, and reads it again if it has bits without a day and there are
// more bits than before: then a day began, or went on, after bitmaps were located.
func (x *Experiment) readDated(ctx context.Context, from int64) (*chunk, error) {
	for {
		s, err := x.read(ctx, from)
		if err != nil || !s.undated() {
			return s, err
		}
		before := x.located.bits
		if x.located, err = x.locate(ctx); err != nil {
			return nil, err
		}
		if x.located.bits == before {
			return s, nil
		}
	}
}

// entries hold the data of each number in a chunk.
type entries struct {
	choice      []int
	day         []store.Day
	conversions [][]store.ClientConversion
}

func newEntries(size int) entries {
	p := entries{make([]int, size), make([]store.Day, size), make([][]store.ClientConversion, size)}
	for i := range p.choice {
		p.choice[i] = store.None
	}
	return p
}

// clients returns the clients in a chunk, and adds the rest to the residue.
func (x *Experiment) clients(s *chunk) []store.Client {
	p, since := newEntries(s.size), make([]store.Day, s.size)
	for i, one := range s.parts[0] {
		for id := range x.firstDays(one, since, kind{}, i).all() {
			if p.choice[id] == store.None {
				p.choice[id], p.day[id] = i, since[id]
			} else {
				x.residue.extra.Alternatives[i].AddDay(since[id], 1)
			}
		}
	}
	for k, kpi := range x.kpis {
		for i, one := range s.parts[k+1] {
			for id := range x.firstDays(one, since, x.kinds[k+1], i).all() {
				if p.choice[id] == i {
					p.conversions[id] = append(p.conversions[id], store.ClientConversion{KPI: kpi, Day: since[id], Events: 1})
				} else {
					x.residue.extra.Alternatives[i].KPIs[k].AddDay(since[id], 1, 1)
				}
			}
		}
	}
	return x.assemble(s, p)
}

// firstDays returns the numbers that have a bit in a part, and sets since to the first day
// of each.
func (x *Experiment) firstDays(p part, since []store.Day, of kind, alternative int) bits {
	members := make(bits, len(p.all))
	for _, d := range p.days {
		fresh := d.bits.without(members)
		for id := range fresh.all() {
			since[id] = d.day
		}
		if n := d.bits.count() - fresh.count(); n > 0 {
			x.residue.repeated += n
			x.correct(of, alternative, d.day, -n)
		}
		members.or(d.bits)
	}
	x.residue.unlisted += members.without(p.all).count()
	if undated := p.all.without(members); undated.count() > 0 {
		day := store.DayOf(x.Record.Created)
		for id := range undated.all() {
			since[id] = day
		}
		x.residue.undated += undated.count()
		x.correct(of, alternative, day, undated.count())
		members.or(undated)
	}
	return members
}

func (x *Experiment) correct(of kind, alternative int, day store.Day, n int64) {
	a := &x.residue.corrections.Alternatives[alternative]
	if !of.conversions {
		a.AddDay(day, n)
		return
	}
	a.KPIs[slices.Index(x.kpis, of.kpi)].AddDay(day, n, n)
}

// assemble returns the numbers with a name as clients, and counts the others as nameless.
func (x *Experiment) assemble(s *chunk, p entries) (clients []store.Client) {
	for id := range s.size {
		choice, excluded := p.choice[id], s.excluded.has(id)
		if choice == store.None && !excluded {
			continue
		}
		if choice != store.None && excluded {
			x.residue.extra.Excluded++
		}
		c := store.Client{ID: s.names[id], Choice: choice, Epoch: x.Record.Epoch.Number, Day: p.day[id], Conversions: p.conversions[id]}
		if choice == store.None {
			c.Choice, c.Day = store.Out, store.DayOf(x.Record.Created)
		}
		if !s.named.has(id) {
			addClient(&x.residue.nameless, c)
			continue
		}
		if invalidID(c.ID) {
			x.residue.invalid++
		}
		clients = append(clients, c)
	}
	return clients
}

// invalidID reports whether a server refuses calls with this client ID.
func invalidID(id string) bool {
	const maxLength = 512
	return id == "" || len(id) > maxLength || !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl)
}
