package sixpack2

import (
	"context"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sixpack-go/sixpack/store"
)

// loose is what a scan finds beside clients.
type loose struct {
	extra    store.Counts // counts without a client: its others than the one it has
	nameless store.Counts // counts of clients whose names are gone
	amends   store.Counts // what has to be added to Sixpack's counts

	repeated, undated, unlisted, strange int64
}

func newLoose(r store.Record) loose {
	return loose{extra: store.NewCounts(r, nil), nameless: store.NewCounts(r, nil), amends: store.NewCounts(r, nil)}
}

// Scan reads all clients, some at a time, and has take look at them, with how
// many numbers they were found under. Then Totals, Notes and Damaged tell all.
func (x *Experiment) Scan(ctx context.Context, take func(clients []store.Client, ids int64) error) error {
	x.loose = newLoose(x.Totals.Record)
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
	x.Totals.Add(x.loose.amends)
	x.Totals.DropZeros()
	x.noteLoose()
	return nil
}

// readDated reads a chunk, and again if there are bits without a day and more
// bits than before: then a day has begun, or gone on, since they were located.
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

// people are the numbers of a chunk and what became of them.
type people struct {
	choice      []int
	day         []store.Day
	conversions [][]store.ClientConversion
}

func newPeople(size int) people {
	p := people{make([]int, size), make([]store.Day, size), make([][]store.ClientConversion, size)}
	for i := range p.choice {
		p.choice[i] = store.None
	}
	return p
}

// clients returns the clients of a chunk, and counts what is loose.
func (x *Experiment) clients(s *chunk) []store.Client {
	p, since := newPeople(s.size), make([]store.Day, s.size)
	for i, one := range s.parts[0] {
		for id := range x.settle(one, since, kind{}, i).all() {
			if p.choice[id] == store.None {
				p.choice[id], p.day[id] = i, since[id]
			} else {
				x.loose.extra.Alternatives[i].AddDay(since[id], 1)
			}
		}
	}
	for k, kpi := range x.kpis {
		for i, one := range s.parts[k+1] {
			for id := range x.settle(one, since, x.kinds[k+1], i).all() {
				if p.choice[id] == i {
					p.conversions[id] = append(p.conversions[id], store.ClientConversion{KPI: kpi, Day: since[id], Events: 1})
				} else {
					x.loose.extra.Alternatives[i].KPIs[k].AddDay(since[id], 1, 1)
				}
			}
		}
	}
	return x.sort(s, p)
}

// settle returns the numbers that a part has, and sets since to the day on which
// each came first.
func (x *Experiment) settle(p part, since []store.Day, of kind, alternative int) bits {
	members := make(bits, len(p.all))
	for _, d := range p.days {
		for id := range d.bits.without(members).all() {
			since[id] = d.day
		}
		if n := d.bits.and(members).count(); n > 0 {
			x.loose.repeated += n
			x.amend(of, alternative, d.day, -n)
		}
		members.or(d.bits)
	}
	x.loose.unlisted += members.without(p.all).count()
	if undated := p.all.without(members); undated.count() > 0 {
		day := store.DayOf(x.Record.Created)
		for id := range undated.all() {
			since[id] = day
		}
		x.loose.undated += undated.count()
		x.amend(of, alternative, day, undated.count())
		members.or(undated)
	}
	return members
}

func (x *Experiment) amend(of kind, alternative int, day store.Day, n int64) {
	a := &x.loose.amends.Alternatives[alternative]
	if !of.conversions {
		a.AddDay(day, n)
		return
	}
	a.KPIs[slices.Index(x.kpis, of.kpi)].AddDay(day, n, n)
}

// sort tells clients from numbers without a name, whose bits are loose.
func (x *Experiment) sort(s *chunk, p people) (clients []store.Client) {
	for id := range s.size {
		choice, excluded := p.choice[id], s.excluded.has(id)
		if choice == store.None && !excluded {
			continue
		}
		if choice != store.None && excluded {
			x.loose.extra.Excluded++
		}
		c := store.Client{ID: s.names[id], Choice: choice, Epoch: x.Record.Epoch.Number, Day: p.day[id], Conversions: p.conversions[id]}
		if choice == store.None {
			c.Choice, c.Day = store.Out, store.DayOf(x.Record.Created)
		}
		if !s.named.has(id) {
			addClient(&x.loose.nameless, c)
			continue
		}
		if strangeClient(c.ID) {
			x.loose.strange++
		}
		clients = append(clients, c)
	}
	return clients
}

// strangeClient tells whether a server refuses calls with this client ID.
func strangeClient(id string) bool {
	const longest = 512
	return id == "" || len(id) > longest || !utf8.ValidString(id) || strings.ContainsFunc(id, unicode.IsControl)
}
