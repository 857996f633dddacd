package redis

import (
	"context"
	"fmt"
	"maps"

	"github.com/sixpack-go/sixpack/store"
)

// Counts implements [store.Store].
func (s *Store) Counts(ctx context.Context, names ...string) ([]store.Counts, error) {
	const op = "results"
	if len(names) == 0 {
		all, err := s.names(ctx, op)
		if err != nil {
			return nil, err
		}
		names = all
	}
	var results []store.Counts
	for _, name := range names {
		err := s.do(ctx, op, func(ctx context.Context) error {
			r, found, err := s.results(ctx, name)
			if found {
				results = append(results, r)
			}
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return results, s.ready(ctx, op)
}

// results reads the counts, which are consistent in themselves, between two
// looks at the record, until these agree. A script would take the server three
// times as long for counts of years.
func (s *Store) results(ctx context.Context, name string) (r store.Counts, found bool, err error) {
	k := s.known(name)
	if k == nil {
		k = newKeys(baseOf(s.root, name), noGeneration)
	}
	for {
		record := s.client.B().Hgetall().Key(k.record).Build().Pin() // it is sent twice
		replies := s.client.DoMulti(ctx, record, s.client.B().Hgetall().Key(k.counts).Build(), record)
		before, err := replies[0].AsStrMap()
		if err != nil {
			return r, false, err
		}
		counts, err := replies[1].AsStrMap()
		if err != nil {
			return r, false, err
		}
		after, err := replies[2].AsStrMap()
		if err != nil {
			return r, false, err
		}
		if len(after) == 0 {
			return r, false, nil
		}
		if after[fieldGeneration] == k.generation && maps.Equal(before, after) {
			r, err = decodeResults(after, counts)
			return r, err == nil, err
		}
		k = newKeys(k.record, after[fieldGeneration])
	}
}

func decodeResults(fields, counts map[string]string) (store.Counts, error) {
	record, err := decodeRecord(fields)
	if err != nil {
		return store.Counts{}, err
	}
	r, err := decodeCounts(*record, counts)
	if err != nil {
		return store.Counts{}, fmt.Errorf("%w: counts of %q: %w", errDamaged, record.Name, err)
	}
	return r, nil
}
