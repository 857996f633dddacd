package sixpack2

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/store"
)

// ErrTaken is wrapped by the error for an experiment that cannot be written
// because Sixpack has something else where it would be. Nothing was written.
var ErrTaken = errors.New("not written")

// Exported says what came of an export. Its proof compares what the store counts,
// the source, with what Sixpack does then.
type Exported struct {
	// There tells that all was there already, with the same clients.
	There   bool
	Clients int64
	// Notes say what Sixpack has no place for.
	Notes []string
	Verification
}

// Export writes an experiment of a store. One that Sixpack has already is left as
// it is: if it is another, or has other clients or counts, the error wraps
// [ErrTaken], unless force says to write over it. What an export left that was
// broken off is written anew. The function step, if not nil, is told how many
// clients were written.
func (s *Space) Export(ctx context.Context, st store.Store, experiment string, force bool, step func(clients int64)) (e Exported, err error) {
	before, err := one(ctx, st, experiment)
	if err != nil {
		return e, err
	}
	if err := s.checkNames(ctx, st, before.Record); err != nil {
		return e, err
	}
	there, err := s.has(ctx, experiment)
	if err != nil {
		return e, err
	}
	x := newExporter(s, before, step)
	if e.There = there && !force; e.There {
		if err := x.checkSame(ctx, st); err != nil {
			return e, err
		}
	} else if err := x.write(ctx, st); err != nil {
		return e, err
	}
	e.Clients, e.Notes = x.clients, x.unsupported()
	e.Verification, err = x.verify(ctx, st)
	return e, err
}

func one(ctx context.Context, st store.Store, experiment string) (store.Counts, error) {
	all, err := st.Counts(ctx, experiment)
	if err != nil {
		return store.Counts{}, err
	}
	if len(all) == 0 {
		return store.Counts{}, fmt.Errorf("experiment %q does not exist any more", experiment)
	}
	r := all[0]
	r.Record.Traffic = r.Record.TrafficInForce()
	return r, nil
}

// has tells whether Sixpack knows an experiment.
func (s *Space) has(ctx context.Context, experiment string) (bool, error) {
	return s.client.Do(ctx, s.client.B().Sismember().Key(s.index()).Member(experiment).Build()).AsBool()
}

// An exporter writes one experiment.
type exporter struct {
	space    *Space
	keys     keys
	before   store.Counts // what the store counted when writing began
	step     func(int64)
	seen     store.Counts // what the clients account for that were seen
	clients  int64        // that were seen
	reserved int64        // that were seen beside these
}

func newExporter(s *Space, before store.Counts, step func(int64)) *exporter {
	return &exporter{space: s, keys: s.keysOf(before.Record.Name), before: before, step: step, seen: store.NewCounts(before.Record, nil)}
}

// see counts a client, and tells whether Sixpack is to have it.
func (e *exporter) see(c *store.Client) bool {
	if c.Reserved {
		e.reserved++
		return false
	}
	// A KPI that came meanwhile waits for another export.
	c.Conversions = slices.DeleteFunc(c.Conversions, func(v store.ClientConversion) bool {
		return !slices.Contains(e.before.Record.KPIs, v.KPI)
	})
	addClient(&e.seen, *c)
	e.clients++
	return true
}

// loose returns what no client accounts for.
func (e *exporter) loose() store.Counts { return less(e.before, e.seen) }

// write writes the experiment's name last, so that Sixpack sees all of it or
// nothing.
func (e *exporter) write(ctx context.Context, st store.Store) error {
	r := e.before.Record
	b := e.space.client.B
	if err := e.space.client.Do(ctx, b().Srem().Key(e.space.index()).Member(r.Name).Build()).Error(); err != nil {
		return err
	}
	if err := e.space.remove(ctx, r); err != nil {
		return err
	}
	p := &pipe{space: e.space}
	p.commands = append(p.commands, b().Rpush().Key(e.keys.alternatives()).Element(r.Alternatives...).Build())
	if kpis := slices.DeleteFunc(slices.Clone(r.KPIs), func(kpi string) bool { return kpi == "" }); len(kpis) > 0 {
		p.commands = append(p.commands, b().Sadd().Key(e.keys.kpis()).Member(kpis...).Build())
	}
	if err := p.flush(ctx); err != nil {
		return err
	}
	if err := e.writePeople(ctx, st); err != nil {
		return err
	}
	p.commands = append(p.commands, e.record(b))
	if r.Winner != "" {
		p.commands = append(p.commands, b().Set().Key(e.keys.winner()).Value(r.Winner).Build())
	}
	p.commands = append(p.commands, b().Sadd().Key(e.space.index()).Member(r.Name).Build())
	return p.flush(ctx)
}

// record returns the command that writes the hash.
func (e *exporter) record(b func() rueidis.Builder) rueidis.Completed {
	r := e.before.Record
	set := b().Hset().Key(e.keys.record()).FieldValue().
		FieldValue("created_at", r.Created.In(e.space.config.Location).Format(createdForms[0])).
		FieldValue("traffic_fraction", formatFraction(r.Traffic))
	if r.Paused {
		set = set.FieldValue("paused", "1")
	}
	if r.Archived {
		set = set.FieldValue("archived", "1")
	}
	if r.Description != "" {
		set = set.FieldValue("description", r.Description)
	}
	return set.Build()
}

// formatFraction writes a number as Python does: with a point, or an exponent.
func formatFraction(f float64) string {
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// writePeople writes all clients, and as many made-up ones as it takes that
// Sixpack counts what is counted without a client.
func (e *exporter) writePeople(ctx context.Context, st store.Store) error {
	r := e.before.Record
	w := newWriter(e.space, r)
	for c, err := range st.Clients(ctx, r.Name) {
		if err != nil {
			return err
		}
		if !e.see(&c) {
			continue
		}
		if err := w.add(ctx, person{c.ID, c.Choice, c.Choice != store.Out, c.Day, c.Conversions}); err != nil {
			return err
		}
		if w.size == 0 {
			advance(e.step, blockSize)
		}
	}
	advance(e.step, int64(w.size))
	nameless := r.Archived && e.clients == 0
	for p := range syntheticClients(e.loose()) {
		if nameless {
			p.name = ""
		}
		if err := w.add(ctx, p); err != nil {
			return err
		}
	}
	return w.flush(ctx)
}

// verify compares what was written with what the store counted.
func (e *exporter) verify(ctx context.Context, st store.Store) (Verification, error) {
	x, err := e.space.Read(ctx, e.keys.name)
	if err != nil {
		return Verification{}, err
	}
	after, err := one(ctx, st, e.keys.name)
	if err != nil {
		return Verification{}, err
	}
	return compare(e.before, after, x.Totals), nil
}
