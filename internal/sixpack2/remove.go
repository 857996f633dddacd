package sixpack2

import (
	"context"
	"fmt"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

// remove deletes all keys of an experiment that is not in the index of names: what a
// deletion or an interrupted export left. The error wraps [ErrTaken] if the type of a key
// is not the one that Sixpack would give it.
func (s *Space) remove(ctx context.Context, r store.Record) error {
	k, b := s.keysOf(r.Name), s.client.B
	var alternatives, kpis []string
	found := []ask{
		{k.alternatives(), 0, b().Lrange().Key(k.alternatives()).Start(0).Stop(-1).Build(), list(&alternatives)},
		{k.kpis(), 0, b().Smembers().Key(k.kpis()).Build(), list(&kpis)},
	}
	if err := s.mustAsk(ctx, found); err != nil {
		return err
	}
	alternatives = slices.Concat([]string{everyone}, alternatives, r.Alternatives)
	kinds := []kind{{}, {conversions: true}}
	for _, kpi := range slices.Concat(kpis, r.KPIs) {
		kinds = append(kinds, kind{conversions: true, kpi: kpi})
	}
	for _, of := range kinds {
		if err := s.removeKind(ctx, k, of, alternatives); err != nil {
			return err
		}
	}
	// Keys that name other keys are deleted last.
	return s.delete(ctx, []string{k.record(), k.winner(), k.users(), k.excluded(), k.kpis(), k.alternatives()})
}

func (s *Space) removeKind(ctx context.Context, k keys, of kind, alternatives []string) error {
	periods := make([][]string, len(units))
	var found []ask
	var sets, bitmaps []string
	for i, u := range units {
		key := k.periods(of, u.name)
		sets = append(sets, key)
		found = append(found, ask{key, 0, s.client.B().Smembers().Key(key).Build(), list(&periods[i])})
	}
	if err := s.mustAsk(ctx, found); err != nil {
		return err
	}
	for _, period := range append(slices.Concat(periods...), always) {
		for _, a := range alternatives {
			bitmaps = append(bitmaps, k.bitmap(of, a, period))
		}
	}
	return s.delete(ctx, append(bitmaps, sets...))
}

// mustAsk is ask, with an error for keys of another type.
func (s *Space) mustAsk(ctx context.Context, asks []ask) error {
	var taken string
	if err := s.ask(ctx, asks, func(key string) { taken = key }); err != nil {
		return err
	}
	if taken != "" {
		return fmt.Errorf("%w: %s has another Redis type than Sixpack uses: delete this key or choose another prefix", ErrTaken, taken)
	}
	return nil
}

// delete deletes keys in order, some at a time.
func (s *Space) delete(ctx context.Context, keys []string) error {
	for some := range slices.Chunk(keys, maxCommands) {
		if err := s.client.Do(ctx, s.client.B().Del().Key(some...).Build()).Error(); err != nil {
			return err
		}
	}
	return nil
}
