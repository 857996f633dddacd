package cli

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// successor is a target that takes over what another one has.
type successor interface {
	takeOver(ctx context.Context, from store.Store, experiment string) error
}

// past is a target at a time that goes on with its visitors, who convert when it is
// time for that.
type past struct {
	direct

	now     time.Time
	pending []conversion
}

func newPast() *past {
	p, st := new(past), new(memory.Store)
	p.direct = direct{store: st, engine: sixpack.New(st, sixpack.Config{Now: func() time.Time { return p.now }})}
	return p
}

func (p *past) convert(_ context.Context, c conversion) error {
	p.pending = append(p.pending, c)
	return nil
}

// until lets time pass.
func (p *past) until(ctx context.Context, t time.Time) error {
	slices.SortStableFunc(p.pending, func(a, b conversion) int { return a.at.Compare(b.at) })
	for len(p.pending) > 0 && !p.pending[0].at.After(t) {
		p.now = p.pending[0].at
		if err := p.direct.convert(ctx, p.pending[0]); err != nil {
			return err
		}
		p.pending = p.pending[1:]
	}
	p.now = t
	return nil
}

// teach makes up the visitors of an experiment whose algorithm learns: one after the
// other and each at its time, in memory, as it would take them all those days. The
// target gets what came of it.
func (s seeding) teach(ctx context.Context, to target, p plan, now time.Time) (tally, error) {
	var total tally
	visitors := make([]visitor, s.clients)
	for i := range visitors {
		visitors[i] = newVisitor(s.seed, uint64(i), s.days, now)
	}
	slices.SortFunc(visitors, func(a, b visitor) int { return cmp.Or(a.come.Compare(b.come), cmp.Compare(a.client, b.client)) })
	then := newPast()
	for _, v := range visitors {
		if err := then.until(ctx, v.come); err != nil {
			return total, err
		}
		t, err := v.visit(ctx, then, p)
		if err != nil {
			return total, err
		}
		total.participants += t.participants
		total.conversions += t.conversions
	}
	if err := then.until(ctx, now); err != nil {
		return total, err
	}
	return total, to.(successor).takeOver(ctx, then.store, p.Name) //nolint:forcetypeassert // others get no such plan
}
