// Package sampledata creates sample experiments with simulated visitors of the last days.
// The description of each experiment says which alternative is really better. The same seed
// creates the same visitors.
package sampledata

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sixpack-go/sixpack/store"
)

// Options configure Fill.
type Options struct {
	Clients int // visitors, at least 1; each sees all experiments
	Days    int // over which they come, today included; at least 1
	Seed    uint64
	// Location is the time zone of days.
	Location *time.Location
	// Progress, if not nil, is called after each visitor, and first with done = 0.
	Progress func(done, total int)
}

// Summary describes a created experiment.
type Summary struct {
	Experiment                string
	Alternatives              []string
	Participants, Conversions int64
	State                     string // running, winner, paused or archived
}

// ErrExists is wrapped by the error of Fill if the target has an experiment already.
var ErrExists = errors.New("already exists")

// A Target receives the visitors: a [Store] or a [Server].
type Target interface {
	// accepts reports whether the target can take an experiment.
	accepts(x experiment) bool
	exists(ctx context.Context, experiment string) (bool, error)
	create(ctx context.Context, x experiment) error
	// participate returns the client's alternative, empty if it does not take part.
	participate(ctx context.Context, x experiment, client string, at time.Time) (string, error)
	convert(ctx context.Context, c conversion) error
	// adopt copies an experiment from another store.
	adopt(ctx context.Context, from store.Store, experiment string) error
	// finish is called once all visitors were there.
	finish(ctx context.Context, x experiment) error
}

// concurrency is the number of visitors that come at a time. It is large because an
// embedded store commits all that wait together.
const concurrency = 128

// Fill creates the experiments in a target that has none of them.
func Fill(ctx context.Context, to Target, o Options) ([]Summary, error) {
	return o.fill(ctx, to, experiments)
}

func (o Options) fill(ctx context.Context, to Target, candidates []experiment) ([]Summary, error) {
	var all []experiment
	for _, x := range candidates {
		if to.accepts(x) {
			all = append(all, x)
		}
	}
	if err := prepare(ctx, to, all); err != nil {
		return nil, err
	}
	tallies, err := o.visits(ctx, to, all, time.Now().In(o.Location).Truncate(time.Second))
	if err != nil {
		return nil, err
	}
	summaries := make([]Summary, len(all))
	for i, x := range all {
		if err := to.finish(ctx, x); err != nil {
			return nil, err
		}
		summaries[i] = Summary{x.Name, x.Alternatives, tallies[i].participants, tallies[i].conversions, string(cmp.Or(x.state, running))}
	}
	return summaries, nil
}

// prepare creates the experiments. It returns an error if one exists.
func prepare(ctx context.Context, to Target, all []experiment) error {
	for _, x := range all {
		if exists, err := to.exists(ctx, x.Name); err != nil {
			return err
		} else if exists {
			return fmt.Errorf("experiment %s %w", x.Name, ErrExists)
		}
	}
	for _, x := range all {
		if err := to.create(ctx, x); err != nil {
			return err
		}
	}
	return nil
}

// visits simulates all visitors, many at a time.
func (o Options) visits(ctx context.Context, to Target, all []experiment, now time.Time) ([]tally, error) {
	var mu sync.Mutex // guards total and done
	total, done := make([]tally, len(all)), 0
	o.report(done)
	group, going := errgroup.WithContext(ctx)
	group.SetLimit(concurrency)
	for number := range uint64(o.Clients) {
		if going.Err() != nil {
			break
		}
		group.Go(func() error {
			own, err := newVisitor(o.Seed, number, o.Days, now).visitAll(going, to, all)
			if err != nil {
				return err
			}
			mu.Lock()
			defer mu.Unlock()
			for i, t := range own {
				total[i].add(t)
			}
			done++
			o.report(done)
			return nil
		})
	}
	if err := cmp.Or(group.Wait(), ctx.Err()); err != nil {
		return total, err
	}
	for i, x := range all {
		if x.adaptive() {
			var err error
			if total[i], err = o.replay(ctx, to, x, now); err != nil {
				return total, err
			}
		}
	}
	return total, nil
}

func (o Options) report(done int) {
	if o.Progress != nil {
		o.Progress(done, o.Clients)
	}
}

// visitAll visits all experiments but the adaptive ones.
func (v visitor) visitAll(ctx context.Context, to Target, all []experiment) ([]tally, error) {
	own := make([]tally, len(all))
	for i, x := range all {
		if x.adaptive() {
			continue
		}
		var err error
		if own[i], err = v.visit(ctx, to, x); err != nil {
			return nil, err
		}
	}
	return own, nil
}
