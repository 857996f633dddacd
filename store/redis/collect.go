package redis

import (
	"context"
	"slices"

	"github.com/redis/rueidis"
)

// Collect deletes the remaining data of experiments that were cleared or deleted by a process
// that died before it had deleted all of it. It returns the number of deleted keys. Such
// garbage takes memory but does no other harm, so calling Collect from time to time is optional.
func (s *Store) Collect(ctx context.Context) (removed int64, err error) {
	const op = "collect"
	names, err := s.names(ctx, op)
	if err != nil {
		return 0, err
	}
	for _, name := range names {
		n, err := s.collect(ctx, name)
		removed += n
		if err != nil {
			return removed, wrap(op, err)
		}
	}
	return removed, nil
}

// collect deletes the garbage of an experiment and, if the experiment does not exist, removes
// its name from the index.
func (s *Store) collect(ctx context.Context, experiment string) (removed int64, err error) {
	base := baseOf(s.root, experiment)
	var generations []string
	err = s.within(ctx, func(ctx context.Context) error {
		generations, err = s.client.Do(ctx, s.client.B().Smembers().Key(garbageOf(base)).Build()).AsStrSlice()
		return err
	})
	if err != nil {
		return 0, err
	}
	for _, generation := range generations {
		n, err := s.collectGeneration(ctx, newKeys(base, generation))
		removed += n
		if err != nil {
			return removed, err
		}
	}
	return removed, s.within(ctx, func(ctx context.Context) error { return s.unindex(ctx, experiment) })
}

// unlinkBatch is the maximum number of keys that one call deletes.
const unlinkBatch = 500

// collectGeneration deletes the buckets, then the list of buckets, then the name of the
// generation, so that it can be repeated wherever it was interrupted.
func (s *Store) collectGeneration(ctx context.Context, k *keys) (removed int64, err error) {
	numbers, err := s.usedBuckets(ctx, k)
	if err != nil {
		return 0, err
	}
	for batch := range slices.Chunk(numbers, unlinkBatch) {
		list := make([]string, 0, 2*len(batch))
		for _, n := range batch {
			list = append(list, k.bucketOf(n), k.totalsOf(n))
		}
		n, err := s.unlink(ctx, list...)
		removed += n
		if err != nil {
			return removed, err
		}
	}
	n, err := s.unlink(ctx, k.counts, k.used)
	removed += n
	if err != nil {
		return removed, err
	}
	return removed, s.within(ctx, func(ctx context.Context) error {
		return s.client.Do(ctx, s.client.B().Srem().Key(garbageOf(k.record)).Member(k.generation).Build().ToRetryable()).Error()
	})
}

func (s *Store) unlink(ctx context.Context, keys ...string) (n int64, err error) {
	err = s.within(ctx, func(ctx context.Context) error {
		n, err = s.client.Do(ctx, s.client.B().Unlink().Key(keys...).Build().ToRetryable()).AsInt64()
		return err
	})
	return n, err
}

// unindex removes the name of an experiment from the index if the experiment does not exist. If
// another process creates it meanwhile, then the later of both puts the name back: this function
// or, in the other process, learn.
func (s *Store) unindex(ctx context.Context, experiment string) error {
	exists := s.client.B().Exists().Key(baseOf(s.root, experiment)).Build()
	srem := s.client.B().Srem().Key(s.root).Member(experiment).Build().ToRetryable()
	pinned := exists.Pin() // it is sent twice
	there, err := s.client.Do(ctx, pinned).AsBool()
	if err != nil || there {
		return err
	}
	if err := s.client.Do(ctx, srem).Error(); err != nil {
		return err
	}
	if there, err = s.client.Do(ctx, pinned).AsBool(); err != nil || !there {
		return err
	}
	return s.index(ctx, experiment)
}

// usedBuckets returns the numbers of the buckets that are not empty.
func (s *Store) usedBuckets(ctx context.Context, k *keys) (numbers []uint, err error) {
	var bits []byte
	err = s.within(ctx, func(ctx context.Context) error {
		bits, err = s.client.Do(ctx, s.client.B().Get().Key(k.used).Build()).AsBytes()
		if rueidis.IsRedisNil(err) {
			return nil
		}
		return err
	})
	for i, b := range bits {
		for bit := range 8 {
			if b&(0x80>>bit) != 0 {
				numbers = append(numbers, uint(8*i+bit))
			}
		}
	}
	return numbers, err
}
