package redis

import (
	"context"
	"fmt"
	"strconv"

	"github.com/sixpack-go/sixpack/store"
)

// Convert implements [store.Store]. If the driver has to send the conversion again, it is
// counted once, unless another call for the same client and KPI comes in between.
func (s *Store) Convert(ctx context.Context, c store.Conversion) (f store.Facts, err error) {
	err = s.do(ctx, "convert", func(ctx context.Context) error {
		f, err = s.convert(ctx, c, newNonce())
		return err
	})
	return f, err
}

func (s *Store) convert(ctx context.Context, c store.Conversion, nonce string) (store.Facts, error) {
	value := ""
	if c.HasValue {
		if c.Value < -store.MaxValue || c.Value > store.MaxValue {
			return store.Facts{}, fmt.Errorf("%w: value %v", store.ErrInvalid, c.Value)
		}
		value = strconv.FormatInt(int64(c.Value), 10)
	}
	who, day := keyOf(c.Client), store.DayOf(c.At)
	r, err := s.attempt(ctx, c.Experiment, noGeneration, func(ctx context.Context, k *keys) (reply, error) {
		return s.run(ctx, s.scripts.convert,
			[]string{k.record, k.counts, k.bucketOf(who.bucket), k.totalsOf(who.bucket)},
			[]string{
				formatVersion(c.Version), k.generation, who.field, c.KPI,
				formatDay(day), string(appendDay(nil, day)), nonce, value,
			})
	})
	if err != nil {
		return store.Facts{}, err
	}
	return r.facts(c.Version)
}
