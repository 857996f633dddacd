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

// ErrTaken is wrapped by the error for an experiment that is not written because Sixpack
// has other data under its keys. Nothing was written.
var ErrTaken = errors.New("not written")

// Exported is the outcome of an export. In its Verification the store is the source and
// Sixpack the target.
type Exported struct {
	// There is set if Sixpack had the same experiment already, with the same clients.
	There   bool
	Clients int64
	// Notes list data that Sixpack cannot store.
	Notes []string
	Verification
}

// Export writes an experiment of a store. If Sixpack has it with other alternatives, clients
// or counts, the error wraps [ErrTaken], unless force is set: then it is overwritten. An
// interrupted export starts over. The function step, if
// not nil, is called with the number of clients written since the last call.
func (s *Space) Export(ctx context.Context, st store.Store, experiment string, force bool, step func(clients int64)) (e Exported, err error) {
	before, err := existing(ctx, st, experiment)
	if err != nil {
		return e, err
	}
	if err := s.checkNames(ctx, st, before.Record); err != nil {
		return e, err
	}
	there, err := s.client.Do(ctx, s.client.B().Sismember().Key(s.index()).Member(experiment).Build()).AsBool()
	if err != nil {
		return e, err
	}
	x := &exporter{space: s, keys: s.keysOf(experiment), before: before, step: step, seen: store.NewCounts(before.Record, nil)}
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

// existing returns the store's counts of an experiment with the traffic in effect.
func existing(ctx context.Context, st store.Store, experiment string) (store.Counts, error) {
	c, err := counted(ctx, st, experiment)
	if err == nil && c.Record.Name == "" {
		err = fmt.Errorf("experiment %q was deleted while it was exported", experiment)
	}
	c.Record.Traffic = c.Record.TrafficInForce()
	return c, err
}

// An exporter writes one experiment.
type exporter struct {
	space    *Space
	keys     keys
	before   store.Counts // what the store counted when writing began
	step     func(int64)
	seen     store.Counts // what the clients account for that see was called with
	clients  int64        // of these, those to be written
	reserved int64        // of these, those with only a reserved alternative
}

// see counts a client, and reports whether it is to be written.
func (e *exporter) see(c *store.Client) bool {
	if c.Reserved {
		e.reserved++
		return false
	}
	// New KPIs are left to the next export.
	c.Conversions = slices.DeleteFunc(c.Conversions, func(v store.ClientConversion) bool {
		return !slices.Contains(e.before.Record.KPIs, v.KPI)
	})
	addClient(&e.seen, *c)
	e.clients++
	return true
}

// rest returns the counts that no client accounts for.
func (e *exporter) rest() store.Counts { return minus(e.before, e.seen) }

// write writes the experiment, and its name last, so that Sixpack sees all of it or
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
	if err := e.writeClients(ctx, st); err != nil {
		return err
	}
	p.commands = append(p.commands, e.record(b))
	if r.Winner != "" {
		p.commands = append(p.commands, b().Set().Key(e.keys.winner()).Value(r.Winner).Build())
	}
	p.commands = append(p.commands, b().Sadd().Key(e.space.index()).Member(r.Name).Build())
	return p.flush(ctx)
}

// record returns the command that writes the hash of the experiment.
func (e *exporter) record(b func() rueidis.Builder) rueidis.Completed {
	r := e.before.Record
	set := b().Hset().Key(e.keys.record()).FieldValue().
		FieldValue("created_at", r.Created.In(e.space.location).Format(createdForms[0])).
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

// formatFraction writes a number as Python does: always with a point or an exponent.
func formatFraction(f float64) string {
	s := strconv.FormatFloat(f, 'g', -1, 64)
	if !strings.ContainsAny(s, ".e") {
		s += ".0"
	}
	return s
}

// writeClients writes all clients, and synthetic ones for the counts that no client
// accounts for.
func (e *exporter) writeClients(ctx context.Context, st store.Store) error {
	r := e.before.Record
	w := newWriter(e.space, r)
	for c, err := range st.Clients(ctx, r.Name) {
		if err != nil {
			return err
		}
		if !e.see(&c) {
			continue
		}
		if err := w.add(ctx, entry{c.ID, c.Choice, c.Choice != store.Out, c.Day, c.Conversions}); err != nil {
			return err
		}
		if w.size == 0 {
			advance(e.step, blockSize)
		}
	}
	advance(e.step, int64(w.size))
	nameless := r.Archived && e.clients == 0
	for c := range syntheticClients(e.rest()) {
		if nameless {
			c.name = ""
		}
		if err := w.add(ctx, c); err != nil {
			return err
		}
	}
	return w.flush(ctx)
}

// verify compares what was written with what the store counts.
func (e *exporter) verify(ctx context.Context, st store.Store) (Verification, error) {
	x, err := e.space.Read(ctx, e.keys.name)
	if err != nil {
		return Verification{}, err
	}
	after, err := existing(ctx, st, e.keys.name)
	if err != nil {
		return Verification{}, err
	}
	return compare(e.before, after, x.Totals), nil
}
