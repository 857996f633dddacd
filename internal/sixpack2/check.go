package sixpack2

import (
	"context"
	"errors"
	"fmt"
	"hash/maphash"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack/store"
)

// checkNames returns an error if Sixpack would mix keys of the experiment with keys of
// another one.
func (s *Space) checkNames(ctx context.Context, st store.Store, r store.Record) error {
	kpis, err := s.allKPIs(ctx, st, r.Name)
	if err != nil {
		return err
	}
	for other := range kpis {
		if other != r.Name && (shareKeys(r.Name, kpis[r.Name], other) || shareKeys(other, kpis[other], r.Name)) {
			return fmt.Errorf("%w: its keys would collide with the keys of experiment %q: delete one of the two", ErrTaken, other)
		}
	}
	return nil
}

// allKPIs returns the names of all experiments of Sixpack and the store, with the KPIs of
// those whose keys may be mixed with the experiment's.
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

// shareKeys reports whether a key of one experiment, with its KPIs, would be a key of
// another one.
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

// checkSame returns an error if Sixpack's experiment differs from the store's.
func (e *exporter) checkSame(ctx context.Context, st store.Store) error {
	other := func(why string) error {
		return fmt.Errorf("%w: Sixpack already has it, %s: overwrite it with --force", ErrTaken, why)
	}
	x, err := e.space.Read(ctx, e.keys.name)
	if errors.Is(err, ErrDamaged) {
		return other("damaged")
	}
	if err != nil {
		return err
	}
	if r := e.before.Record; !slices.Equal(x.Record.Alternatives, r.Alternatives) {
		return other("with the alternatives " + strings.Join(x.Record.Alternatives, ", "))
	}
	same, err := e.sameClients(ctx, st, x)
	if err != nil {
		return err
	}
	if !same {
		return other("with other clients")
	}
	switch p := compare(e.before, e.before, x.Totals); {
	case len(p.Missing) > 0:
		return other("with " + p.Missing[0].String())
	case len(p.Settings) > 0:
		return other("with another " + p.Settings[0])
	case !p.Equal():
		return other("with more counts")
	}
	return nil
}

// sameClients reports whether Sixpack and a store have the same clients with the same
// alternatives, days and conversions. It compares sums of hashes.
func (e *exporter) sameClients(ctx context.Context, st store.Store, x *Experiment) (bool, error) {
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
	for c, err := range st.Clients(ctx, e.keys.name) {
		if err != nil {
			return false, err
		}
		if e.see(&c) {
			here += digest(seed, c)
		}
	}
	advance(e.step, e.clients)
	return there == here, nil
}

// digest returns a hash of the data that Sixpack has of a client.
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
