package redis

import (
	"context"

	"github.com/redis/rueidis"
)

// Collect removes what is left of experiments that were cleared or deleted by a
// process that died before it had removed all. It returns the number of keys.
// Such garbage does no harm but takes room; call this now and then, or never.
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

// collect removes what is garbage of an experiment and, if that is all there
// was, its name from the index.
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

// unlinkBatch bounds how many keys one call removes.
const unlinkBatch = 500

// collectGeneration removes the buckets first, then that which names them, then
// the generation, so that it can be done again from wherever it was broken off.
func (s *Store) collectGeneration(ctx context.Context, k *keys) (removed int64, err error) {
	numbers, err := s.usedBuckets(ctx, k)
	if err != nil {
		return 0, err
	}
	for len(numbers) > 0 {
		batch := numbers[:min(unlinkBatch, len(numbers))]
		numbers = numbers[len(batch):]
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

// unindex removes the name of an experiment that is not there from the index.
// Someone may be creating it: whoever comes last sees to it that its name is
// there, we or, in learn, the other.
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
