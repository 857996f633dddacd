package redis

import (
	"context"
	"slices"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/store"
)

const (
	namesBatch   = 500 // approximate number of names in a reply
	recordsBatch = 100 // records in a call
)

// Records implements [store.Store].
func (s *Store) Records(ctx context.Context) ([]store.Record, error) {
	const op = "records"
	names, err := s.names(ctx, op)
	if err != nil {
		return nil, err
	}
	var records []store.Record
	for batch := range slices.Chunk(names, recordsBatch) {
		err := s.do(ctx, op, func(ctx context.Context) error {
			found, err := s.recordsOf(ctx, batch)
			records = append(records, found...)
			return err
		})
		if err != nil {
			return nil, err
		}
	}
	return records, nil
}

// Empty reports whether there are no experiments, in constant time.
func (s *Store) Empty(ctx context.Context) (empty bool, err error) {
	err = s.do(ctx, "empty", func(ctx context.Context) error {
		n, err := s.client.Do(ctx, s.client.B().Scard().Key(s.root).Build()).AsInt64()
		empty = n == 0
		return err
	})
	return empty, err
}

// recordsOf returns the existing records with the given names.
func (s *Store) recordsOf(ctx context.Context, names []string) (records []store.Record, err error) {
	commands := make(rueidis.Commands, len(names))
	for i, name := range names {
		commands[i] = s.client.B().Hgetall().Key(baseOf(s.root, name)).Build()
	}
	for _, result := range s.client.DoMulti(ctx, commands...) {
		fields, err := result.AsStrMap()
		if err != nil {
			return nil, err
		}
		if len(fields) == 0 {
			continue
		}
		r, err := decodeRecord(fields)
		if err != nil {
			return nil, err
		}
		records = append(records, *r)
	}
	return records, nil
}

// names returns the names in the index, sorted.
func (s *Store) names(ctx context.Context, op string) (names []string, err error) {
	if err := s.ready(ctx, op); err != nil {
		return nil, err
	}
	for cursor := uint64(0); ; {
		err = s.do(ctx, op, func(ctx context.Context) error {
			scan := s.client.B().Sscan().Key(s.root).Cursor(cursor).Count(namesBatch).Build()
			entry, err := s.client.Do(ctx, scan).AsScanEntry()
			names, cursor = append(names, entry.Elements...), entry.Cursor
			return err
		})
		if err != nil {
			return nil, err
		}
		if cursor == 0 {
			slices.Sort(names)
			return slices.Compact(names), nil
		}
	}
}
