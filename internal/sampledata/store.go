package sampledata

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/transfer"
	"github.com/sixpack-go/sixpack/store"
)

// Store is a target that writes into a store. It takes all experiments.
type Store struct {
	store  store.Store
	engine *sixpack.Engine
	// creator's clock is at the first visit. It only creates experiments, so that
	// they are as old as their data.
	creator *sixpack.Engine
}

// NewStore returns a target that writes into a store through an engine of the given
// configuration, whose experiments began the given number of days ago.
func NewStore(st store.Store, c sixpack.Config, days int) *Store {
	now, before := c, c
	now.Disabled, before.Disabled = false, true
	before.Now = func() time.Time { return time.Now().AddDate(0, 0, -days) }
	return &Store{store: st, engine: sixpack.New(st, now), creator: sixpack.New(st, before)}
}

func (*Store) accepts(experiment) bool { return true }

func (s *Store) exists(ctx context.Context, experiment string) (bool, error) {
	_, err := s.engine.Counts(ctx, experiment)
	if errors.Is(err, sixpack.ErrUnknown) {
		return false, nil
	}
	return err == nil, err
}

func (s *Store) create(ctx context.Context, x experiment) error {
	if x.adaptive() {
		return nil // adopt brings it whole
	}
	_, err := s.creator.Participate(ctx, x.Experiment, "nobody")
	return err
}

func (s *Store) participate(ctx context.Context, x experiment, client string, at time.Time) (string, error) {
	a, err := s.engine.Participate(ctx, x.Experiment, client, sixpack.At(at))
	if err != nil || !a.Participating {
		return "", err
	}
	return a.Alternative, nil
}

func (s *Store) convert(ctx context.Context, c conversion) error {
	options := []sixpack.ConvertOption{sixpack.KPI(c.kpi), sixpack.At(c.at)}
	if c.value != 0 {
		options = append(options, sixpack.Value(c.value))
	}
	_, err := s.engine.Convert(ctx, c.experiment, c.client, options...)
	return err
}

// adopt copies an experiment from another store.
func (s *Store) adopt(ctx context.Context, from store.Store, experiment string) error {
	t := transfer.Transfer{Source: from, Target: s.store}
	r, err := t.Experiment(ctx, experiment)
	if err == nil && !r.Equal() {
		err = fmt.Errorf("%s: %s", experiment, cmp.Or(r.Refused, strings.Join(r.Differences, ", ")))
	}
	return err
}

// finish describes the experiment and puts it in its state.
func (s *Store) finish(ctx context.Context, x experiment) error {
	if err := s.engine.Describe(ctx, x.Name, x.description); err != nil {
		return err
	}
	switch x.state {
	case won:
		return s.engine.SetWinner(ctx, x.Name, x.Alternatives[1], sixpack.Confirmed())
	case paused:
		return s.engine.Pause(ctx, x.Name)
	case archived:
		return s.engine.Archive(ctx, x.Name)
	default:
		return nil
	}
}
