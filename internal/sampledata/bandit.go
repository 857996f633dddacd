package sampledata

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store/memory"
)

// A past is a target in memory whose clock follows the visitors: conversions are
// counted when their time comes.
type past struct {
	*Store

	now     time.Time
	pending []conversion
}

func newPast() *past {
	p, st := new(past), new(memory.Store)
	p.Store = &Store{store: st, engine: sixpack.New(st, sixpack.Config{Now: func() time.Time { return p.now }})}
	return p
}

func (p *past) convert(_ context.Context, c conversion) error {
	p.pending = append(p.pending, c)
	return nil
}

// advance sets the clock, and converts what is due by then.
func (p *past) advance(ctx context.Context, t time.Time) error {
	slices.SortStableFunc(p.pending, func(a, b conversion) int { return a.at.Compare(b.at) })
	for len(p.pending) > 0 && !p.pending[0].at.After(t) {
		p.now = p.pending[0].at
		if err := p.Store.convert(ctx, p.pending[0]); err != nil {
			return err
		}
		p.pending = p.pending[1:]
	}
	p.now = t
	return nil
}

// replay simulates the visitors of an adaptive experiment in memory, in order and each at
// its own time, and copies the experiment to the target.
func (o Options) replay(ctx context.Context, to Target, x experiment, now time.Time) (total tally, err error) {
	visitors := make([]visitor, o.Clients)
	for i := range visitors {
		visitors[i] = newVisitor(o.Seed, uint64(i), o.Days, now)
	}
	slices.SortFunc(visitors, func(a, b visitor) int { return cmp.Or(a.first.Compare(b.first), cmp.Compare(a.client, b.client)) })
	p := newPast()
	for _, v := range visitors {
		if err := p.advance(ctx, v.first); err != nil {
			return total, err
		}
		t, err := v.visit(ctx, p, x)
		if err != nil {
			return total, err
		}
		total.add(t)
	}
	if err := p.advance(ctx, now); err != nil {
		return total, err
	}
	return total, to.adopt(ctx, p.store, x.Name)
}
