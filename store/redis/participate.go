package redis

import (
	"context"
	"math"
	"strconv"

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
	alternatives := math.MaxInt // the script knows
	if p.Record != nil {
		alternatives = len(p.Record.Alternatives)
	}
	if err := p.Check(alternatives); err != nil {
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
	proposal := store.ClientState{Choice: p.Choice, Reserved: p.Reserve, Epoch: p.Epoch, Day: store.DayOf(p.At)}
	known, value, count, bucket := formatVersion(p.Version), encodeState(proposal), countOf(proposal), formatBucket(at.bucket)
	r, err := s.attempt(ctx, p.Experiment, guess, func(ctx context.Context, k *keys) (reply, error) {
		args := []string{known + " " + k.generation + " ", at.field, value, count, bucket}
		if record != nil {
			args = append(append(args, formatVersion(version), fresh), record...)
		}
		return s.run(ctx, s.scripts.participate, []string{k.record, k.counts, k.used, k.bucketOf(at.bucket)}, args)
	})
	if err != nil {
		return store.Facts{}, err
	}
	if r.status == statusWrote {
		f := proposal.Facts(version)
		f.Wrote = true
		return f, nil
	}
	return r.facts(version)
}

// recordOf returns the script's arguments for p.Record, if any, and the version that the record
// has after p.
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

func formatBucket(n uint) string { return strconv.FormatUint(uint64(n), 10) }

// Lookup implements [store.Store].
func (s *Store) Lookup(ctx context.Context, experiment, client string) (f store.Facts, err error) {
	err = s.do(ctx, "lookup", func(ctx context.Context) error {
		c := keyOf(client)
		r, err := s.attempt(ctx, experiment, noGeneration, func(ctx context.Context, k *keys) (reply, error) {
			return s.run(ctx, s.scripts.lookup, []string{k.record, k.bucketOf(c.bucket)}, []string{k.generation, c.field})
		})
		if err == nil {
			f, err = r.facts(0)
			f.Stale = false // there is no version that could be stale
		}
		return err
	})
	return f, err
}
