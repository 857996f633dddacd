package keyspace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/maphash"
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
	Proof
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
	if there && !force {
		e.There = true
		return e, s.checkSame(ctx, st, before)
	}
	w := exporter{space: s, keys: s.keysOf(experiment), before: before, step: step}
	if err := w.write(ctx, st); err != nil {
		return e, err
	}
	e.Clients, e.Notes = w.clients, w.losses()
	e.Proof, err = w.prove(ctx, st)
	return e, err
}

func one(ctx context.Context, st store.Store, experiment string) (store.Results, error) {
	all, err := st.Results(ctx, experiment)
	if err != nil {
		return store.Results{}, err
	}
	if len(all) == 0 {
		return store.Results{}, fmt.Errorf("experiment %q does not exist any more", experiment)
	}
	r := all[0]
	r.Record.Traffic = cmp.Or(r.Record.Override.Traffic, r.Record.Traffic) // what is in force
	return r, nil
}

// has tells whether Sixpack knows an experiment.
func (s *Space) has(ctx context.Context, experiment string) (bool, error) {
	return s.client.Do(ctx, s.client.B().Sismember().Key(s.index()).Member(experiment).Build()).AsBool()
}

// checkNames refuses an experiment of whose keys some would be another's.
func (s *Space) checkNames(ctx context.Context, st store.Store, r store.Record) error {
	kpis, err := s.allKPIs(ctx, st, r.Name)
	if err != nil {
		return err
	}
	for other := range kpis {
		if other != r.Name && (shareKeys(r.Name, kpis[r.Name], other) || shareKeys(other, kpis[other], r.Name)) {
			return fmt.Errorf("%w: Sixpack would mix its keys with those of experiment %q: delete one of them", ErrTaken, other)
		}
	}
	return nil
}

// allKPIs returns the names of the experiments here and there, and the KPIs of
// those whose keys may be mixed with an experiment's.
func (s *Space) allKPIs(ctx context.Context, st store.Store, experiment string) (map[string][]string, error) {
	kpis := make(map[string][]string)
	names, err := s.Names(ctx)
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		kpis[name] = nil
		if !strings.HasPrefix(experiment, name+"/") {
			continue
		}
		key := s.keysOf(name).kpis()
		if kpis[name], err = s.client.Do(ctx, s.client.B().Smembers().Key(key).Build()).AsStrSlice(); err != nil && !wrongType(err) {
			return nil, err
		}
	}
	records, err := st.Records(ctx)
	for _, r := range records {
		kpis[r.Name] = append(kpis[r.Name], r.KPIs...)
	}
	return kpis, err
}

// shareKeys tells whether a key of one experiment would be another's.
func shareKeys(one string, kpis []string, other string) bool {
	rest, ok := strings.CutPrefix(other, one)
	if !ok || rest == "" {
		return false
	}
	if rest[0] == '/' {
		return slices.Contains(kpis, rest[1:])
	}
	return slices.Contains([]string{":alternatives", ":winner", ":kpis", ":users", ":excluded"}, rest)
}

// checkSame refuses an experiment that is there and not as it would be written.
func (s *Space) checkSame(ctx context.Context, st store.Store, before store.Results) error {
	other := func(why string) error {
		return fmt.Errorf("%w: Sixpack has it already, %s: --force writes over it", ErrTaken, why)
	}
	x, err := s.Read(ctx, before.Record.Name)
	if errors.Is(err, ErrDamaged) {
		return other("damaged")
	}
	if err != nil {
		return err
	}
	if !slices.Equal(x.Record.Alternatives, before.Record.Alternatives) {
		return other("with the alternatives " + strings.Join(x.Record.Alternatives, ", "))
	}
	same, err := x.sameClients(ctx, st)
	if err != nil {
		return err
	}
	if !same {
		return other("with other clients")
	}
	switch p := compare(before, before, x.Totals); {
	case len(p.Missing) > 0:
		return other("with " + p.Missing[0].String())
	case len(p.Settings) > 0:
		return other("with another " + p.Settings[0])
	case !p.Equal():
		return other("with more counts")
	}
	return nil
}

// sameClients tells whether Sixpack and a store have the same clients with the
// same alternatives, days and conversions, by a sum over all of them.
func (x *Experiment) sameClients(ctx context.Context, st store.Store) (bool, error) {
	seed := maphash.MakeSeed()
	var there, here uint64
	err := x.Scan(ctx, func(clients []store.Client, _ int64) error {
		for _, c := range clients {
			there += digest(seed, c)
		}
		return nil
	})
	if err != nil {
		return false, err
	}
	for c, err := range st.Clients(ctx, x.Record.Name) {
		if err != nil {
			return false, err
		}
		if !c.Reserved {
			here += digest(seed, c)
		}
	}
	return there == here, nil
}

// digest is the same for clients that Sixpack could not tell apart.
func digest(seed maphash.Seed, c store.Client) uint64 {
	var h maphash.Hash
	h.SetSeed(seed)
	fmt.Fprintf(&h, "%q %d", c.ID, c.Choice)
	if c.Choice == store.Out {
		return h.Sum64()
	}
	fmt.Fprintf(&h, " %d", c.Day)
	slices.SortFunc(c.Conversions, func(a, b store.ClientConversion) int { return strings.Compare(a.KPI, b.KPI) })
	for _, v := range c.Conversions {
		fmt.Fprintf(&h, " %q %d", v.KPI, v.Day)
	}
	return h.Sum64()
}

// An exporter writes one experiment.
type exporter struct {
	space    *Space
	keys     keys
	before   store.Results // what the store counted when writing began
	clients  int64         // that were written
	reserved int64
	loose    store.Results // what no client accounts for
	step     func(int64)
}

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
	seen := store.NewResults(r, nil)
	for c, err := range st.Clients(ctx, r.Name) {
		if err != nil {
			return err
		}
		if c.Reserved {
			e.reserved++
			continue
		}
		// A KPI that came meanwhile waits for another export.
		c.Conversions = slices.DeleteFunc(c.Conversions, func(v store.ClientConversion) bool { return !slices.Contains(r.KPIs, v.KPI) })
		addClient(&seen, c)
		e.clients++
		if err := w.add(ctx, person{c.ID, c.Choice, c.Choice != store.Out, c.Day, c.Conversions}); err != nil {
			return err
		}
		if w.size == 0 {
			advance(e.step, blockSize)
		}
	}
	advance(e.step, int64(w.size))
	e.loose = less(e.before, seen)
	nameless := r.Archived && e.clients == 0
	for p := range nobodies(e.loose) {
		if nameless {
			p.name = ""
		}
		if err := w.add(ctx, p); err != nil {
			return err
		}
	}
	return w.flush(ctx)
}

// prove compares what was written with what the store counted.
func (e *exporter) prove(ctx context.Context, st store.Store) (Proof, error) {
	x, err := e.space.Read(ctx, e.keys.name)
	if err != nil {
		return Proof{}, err
	}
	after, err := one(ctx, st, e.keys.name)
	if err != nil {
		return Proof{}, err
	}
	return compare(e.before, after, x.Totals), nil
}
