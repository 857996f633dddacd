package sixpack2

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/store"
)

// ErrDamaged is wrapped by the error for an experiment without alternatives.
var ErrDamaged = errors.New("cannot be read")

// Experiment is an experiment of Sixpack, read except for its clients.
type Experiment struct {
	// Record is the record for a store.
	Record store.Record
	// Totals are Sixpack's counts: excluded clients, and participants and converted
	// clients by alternative, KPI and day. Scan corrects them where the rules of this
	// package count differently.
	Totals store.Counts
	// IDs is the number of clients' numbers, which is the number of steps of Scan.
	IDs int64
	// Notes list where a rule of this package applied, Damaged what could not be read
	// and is missing. Scan adds to both.
	Notes, Damaged []string

	space   *Space
	keys    keys
	kinds   []kind // of bitmaps: participation, then conversions for each KPI
	kpis    []string
	located located
	residue residue
}

// head holds the data of an experiment other than bitmaps and clients.
type head struct {
	alternatives, kpis, converted []string // converted: days with conversions for the default KPI
	fields                        map[string]string
	winner                        string
}

// Read reads an experiment except for its clients. The error wraps [ErrDamaged] if it has
// no alternatives.
func (s *Space) Read(ctx context.Context, experiment string) (*Experiment, error) {
	x := &Experiment{space: s, keys: s.keysOf(experiment)}
	h, err := x.readHead(ctx)
	if err != nil {
		return nil, err
	}
	if len(h.alternatives) == 0 {
		return nil, fmt.Errorf("%w: %s is missing", ErrDamaged, x.keys.alternatives())
	}
	x.setKinds(h)
	x.setRecord(h)
	if x.located, err = x.locate(ctx); err != nil {
		return nil, err
	}
	x.IDs = x.located.ids
	x.Totals = x.count(x.located)
	x.setCreated(h)
	if err := x.setPurged(ctx); err != nil {
		return nil, err
	}
	x.residue = newResidue(x.Totals.Record)
	x.noteNames()
	return x, nil
}

func (x *Experiment) readHead(ctx context.Context) (h head, err error) {
	b, k := x.space.client.B, x.keys
	conversions := k.periods(kind{conversions: true}, "days")
	err = x.ask(ctx, []ask{
		{k.alternatives(), 0, b().Lrange().Key(k.alternatives()).Start(0).Stop(-1).Build(), list(&h.alternatives)},
		{k.record(), 0, b().Hgetall().Key(k.record()).Build(), answer(&h.fields, rueidis.RedisResult.AsStrMap)},
		{k.winner(), 0, b().Get().Key(k.winner()).Build(), answer(&h.winner, rueidis.RedisResult.ToString)},
		{k.kpis(), 0, b().Smembers().Key(k.kpis()).Build(), list(&h.kpis)},
		{conversions, 0, b().Smembers().Key(conversions).Build(), list(&h.converted)},
	})
	slices.Sort(h.kpis) // a set has no order
	return h, err
}

// setPurged sets whether there are bits of clients but no names. It looks for names last,
// as Sixpack writes a name before its bits.
func (x *Experiment) setPurged(ctx context.Context) error {
	var users int64
	key := x.keys.users()
	err := x.ask(ctx, []ask{{key, 0, x.space.client.B().Zcard().Key(key).Build(), number(&users)}})
	x.Record.Purged = users == 0 && x.located.bits > 0
	return err
}

func (x *Experiment) ask(ctx context.Context, asks []ask) error {
	return x.space.ask(ctx, asks, func(key string) { x.damagef("%s has the wrong Redis type: not imported", key) })
}

func (x *Experiment) notef(format string, arguments ...any) {
	x.Notes = appendOnce(x.Notes, fmt.Sprintf(format, arguments...))
}

func (x *Experiment) damagef(format string, arguments ...any) {
	x.Damaged = appendOnce(x.Damaged, fmt.Sprintf(format, arguments...))
}

// appendOnce appends s unless it is in all.
func appendOnce(all []string, s string) []string {
	if slices.Contains(all, s) {
		return all
	}
	return append(all, s)
}

// setKinds sets the kinds of bitmaps that the experiment has.
func (x *Experiment) setKinds(h head) {
	if len(h.converted) > 0 {
		x.kpis = append(x.kpis, "")
	}
	x.kpis = append(x.kpis, h.kpis...)
	x.kinds = []kind{{}}
	for _, kpi := range x.kpis {
		x.kinds = append(x.kinds, kind{conversions: true, kpi: kpi})
	}
}

// setRecord sets the record except for the time of its creation.
func (x *Experiment) setRecord(h head) {
	x.Record = store.Record{
		Name:        x.keys.name,
		Version:     1 + rand.Uint64N(1<<52), //nolint:gosec // only has to be unique
		Salt:        x.keys.name,
		Winner:      h.winner,
		Description: h.fields["description"],
		KPIs:        x.kpis,
		Measures:    make(map[string]store.Measure),
		Epoch:       store.Epoch{Number: 1},
	}
	for _, kpi := range x.kpis {
		x.Record.Measures[kpi] = store.MeasureRate // Sixpack has no values
	}
	_, x.Record.Paused = h.fields["paused"]
	_, x.Record.Archived = h.fields["archived"]
	x.setAlternatives(h.alternatives)
	x.setTraffic(h.fields)
	if h.winner != "" && !slices.Contains(x.Record.Alternatives, h.winner) {
		x.notef("the winner %q is not one of its alternatives; everyone gets it, as in Sixpack", h.winner)
	}
}

// setAlternatives merges alternatives that are listed several times and adds up their
// shares.
func (x *Experiment) setAlternatives(listed []string) {
	r := &x.Record
	for _, a := range listed {
		r.Alternatives = appendOnce(r.Alternatives, a)
	}
	if len(r.Alternatives) == len(listed) {
		return
	}
	r.Weights = make([]float64, len(r.Alternatives))
	for _, a := range listed {
		r.Weights[slices.Index(r.Alternatives, a)] += 1 / float64(len(listed))
	}
	if slices.Max(r.Weights) == slices.Min(r.Weights) {
		r.Weights = nil
	}
	r.Epoch.Weights = slices.Clone(r.Weights)
	x.notef("its alternatives are %s; duplicates are merged and their shares added up; calls that send an alternative twice are refused",
		strings.Join(listed, ", "))
}

func (x *Experiment) setTraffic(fields map[string]string) {
	x.Record.Traffic = 1
	given, ok := fields["traffic_fraction"]
	if !ok {
		return
	}
	switch f, err := strconv.ParseFloat(strings.TrimSpace(given), 64); {
	case err != nil:
		x.notef("traffic_fraction %q is not a number; 1 is used, as in Sixpack", given)
	case !(f > 0 && f <= 1):
		x.notef("traffic_fraction %s is not above 0 and at most 1; 1 is used", given)
	default:
		x.Record.Traffic = f
	}
}

// createdForms are the forms of created_at. Sixpack 1 wrote seconds.
var createdForms = []string{"2006-01-02 15:04", "2006-01-02 15:04:05"}

func (x *Experiment) setCreated(h head) {
	given := h.fields["created_at"]
	for _, form := range createdForms {
		if t, err := time.ParseInLocation(form, given, x.space.location); err == nil {
			x.setStart(t)
			return
		}
	}
	start := time.Now()
	if first, ok := x.Totals.FirstDay(); ok {
		start = first.In(x.space.location)
	}
	x.setStart(start.In(x.space.location).Truncate(time.Minute))
	x.notef("created_at %q is not a time; %s is used", given, x.Record.Created.Format("2006-01-02 15:04"))
}

func (x *Experiment) setStart(t time.Time) { x.Record.Created, x.Record.Epoch.Start = t, t }
