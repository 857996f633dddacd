package redis

import (
	"cmp"
	"context"
	"fmt"

	"github.com/sixpack-go/sixpack/store"
)

// Participate implements [store.Store].
func (s *Store) Participate(ctx context.Context, p store.Participation) (f store.Facts, err error) {
	err = s.do(ctx, "participate", func(ctx context.Context) error {
		f, err = s.participate(ctx, p)
		return err
	})
	return f, err
}

func (s *Store) participate(ctx context.Context, p store.Participation) (store.Facts, error) {
	if err := cmp.Or(checkChoice(p), checkRecord(p)); err != nil {
		return store.Facts{}, err
	}
	record, version, err := recordOf(p)
	if err != nil {
		return store.Facts{}, err
	}
	guess, fresh := noGeneration, ""
	if record != nil {
		fresh = newGeneration()
	}
	if record != nil && p.Version == 0 {
		guess = fresh
	}
	at := keyOf(p.Client)
	who := client{choice: p.Choice, reserved: p.Reserve, epoch: p.Epoch, day: store.DayOf(p.At)}
	known, value, count := formatVersion(p.Version), who.encode(), who.count()
	r, err := s.attempt(ctx, p.Experiment, guess, func(ctx context.Context, k *keys) (reply, error) {
		args := []string{known + " " + k.generation + " ", at.field, value, count}
		if record != nil {
			args = append(append(args, formatVersion(version), fresh), record...)
		}
		return s.run(ctx, s.scripts.participate, []string{k.record, k.counts, k.used, k.bucketOf(at.bucket)}, args)
	})
	if err != nil {
		return store.Facts{}, err
	}
	if r.status == statusWrote {
		return store.Facts{Version: version, Choice: p.Choice, Reserved: p.Reserve, Epoch: p.Epoch, Wrote: true}, nil
	}
	return r.facts(version)
}

// recordOf returns the script's arguments for the record of p, if there is one,
// and the version that is remembered once p is carried out.
func recordOf(p store.Participation) (args []string, version uint64, err error) {
	if p.Record == nil {
		return nil, p.Version, nil
	}
	version = p.Version + 1
	if p.Version == 0 {
		version = p.Record.Version
	}
	args, err = recordArgs(*p.Record)
	return args, version, err
}

// checkChoice and checkRecord refuse what would be counted nowhere.
func checkChoice(p store.Participation) error {
	if p.Choice < store.None || p.Reserve && p.Choice < 0 || p.Record != nil && p.Choice >= len(p.Record.Alternatives) {
		return fmt.Errorf("%w: choice %d (reserve: %t)", store.ErrInvalid, p.Choice, p.Reserve)
	}
	return nil
}

func checkRecord(p store.Participation) error {
	if p.Record == nil {
		return nil
	}
	if p.Record.Name != p.Experiment {
		return fmt.Errorf("%w: record of %q for experiment %q", store.ErrInvalid, p.Record.Name, p.Experiment)
	}
	if p.Version == 0 && p.Record.Version == 0 {
		return fmt.Errorf("%w: new record of %q without a version", store.ErrInvalid, p.Experiment)
	}
	return nil
}

// Lookup implements [store.Store].
func (s *Store) Lookup(ctx context.Context, experiment, client string) (f store.Facts, err error) {
	err = s.do(ctx, "lookup", func(ctx context.Context) error {
		c := keyOf(client)
		r, err := s.attempt(ctx, experiment, noGeneration, func(ctx context.Context, k *keys) (reply, error) {
			return s.run(ctx, s.scripts.lookup, []string{k.record, k.bucketOf(c.bucket)}, []string{k.generation, c.field})
		})
		if err == nil {
			f, err = r.facts(0)
			f.Stale = false
		}
		return err
	})
	return f, err
}
