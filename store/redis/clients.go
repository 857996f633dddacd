package redis

import (
	"context"
	"iter"
	"slices"
	"strconv"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/store"
)

// Limits of clients in one reply, by which Clients adjusts the number of buckets that it reads
// at a time.
const (
	minClients = 500
	maxClients = 5000
	maxBuckets = 512
)

// Clients implements [store.Store]. It ends when the clients are deleted.
func (s *Store) Clients(ctx context.Context, experiment string) iter.Seq2[store.Client, error] {
	const op = "clients"
	return func(yield func(store.Client, error) bool) {
		k, numbers, err := s.present(ctx, op, experiment)
		if err != nil {
			yield(store.Client{}, err)
			return
		}
		for size := maxBuckets / 16; len(numbers) > 0; {
			batch := numbers[:min(size, len(numbers))]
			numbers = numbers[len(batch):]
			var clients []store.Client
			err := s.do(ctx, op, func(ctx context.Context) (err error) {
				clients, err = s.readBuckets(ctx, k, batch)
				return err
			})
			if err != nil {
				yield(store.Client{}, err)
				return
			}
			for _, c := range clients {
				if !yield(c, nil) {
					return
				}
			}
			size = nextSize(size, len(clients))
		}
	}
}

func nextSize(size, clients int) int {
	switch {
	case clients < minClients:
		return min(2*size, maxBuckets)
	case clients > maxClients:
		return max(size/2, 1)
	}
	return size
}

// present returns the keys of the present generation of an experiment, and its buckets that
// are not empty. If there is no such experiment, there are no buckets.
func (s *Store) present(ctx context.Context, op, experiment string) (k *keys, numbers []uint, err error) {
	base, generation := baseOf(s.root, experiment), ""
	err = s.do(ctx, op, func(ctx context.Context) (err error) {
		generation, err = s.client.Do(ctx, s.client.B().Hget().Key(base).Field(fieldGeneration).Build()).ToString()
		if rueidis.IsRedisNil(err) {
			return nil
		}
		return err
	})
	if err != nil || generation == "" {
		return nil, nil, err
	}
	k = newKeys(base, generation)
	numbers, err = s.usedBuckets(ctx, k)
	return k, numbers, wrap(op, err)
}

// readBuckets returns the clients in some buckets, none if they were deleted.
func (s *Store) readBuckets(ctx context.Context, k *keys, numbers []uint) ([]store.Client, error) {
	list := []string{k.record}
	for _, n := range numbers {
		list = append(list, k.bucketOf(n), k.totalsOf(n))
	}
	r, err := s.run(ctx, s.scripts.clients, list, []string{k.generation})
	if err != nil || r.status != statusOK {
		return nil, err
	}
	record, err := r.record(0)
	if err != nil {
		return nil, err
	}
	return decodeBuckets(r.rest[1:], record.KPIs)
}

// decodeBuckets decodes buckets that are each followed by their totals.
func decodeBuckets(replies []rueidis.RedisMessage, kpis []string) (clients []store.Client, err error) {
	for pair := range slices.Chunk(replies, 2) {
		if len(pair) < 2 {
			return nil, errDamaged
		}
		values, err := pair[0].AsStrMap()
		if err != nil {
			return nil, err
		}
		totals, err := pair[1].AsStrMap()
		if err != nil {
			return nil, err
		}
		for field, value := range values {
			c, err := decodeStored(field, value, totals, kpis)
			if err != nil {
				return nil, err
			}
			clients = append(clients, c)
		}
	}
	return clients, nil
}

func decodeStored(field, value string, totals map[string]string, kpis []string) (store.Client, error) {
	c, err := decodeClient(value)
	if err != nil {
		return store.Client{}, err
	}
	stored := store.Client{ID: clientID(field), Choice: c.Choice, Epoch: c.Epoch, Reserved: c.Reserved, Day: c.Day}
	for _, v := range c.conversions {
		if v.kpi >= len(kpis) {
			return store.Client{}, errDamaged
		}
		var total int64
		if text, ok := totals[totalField(v.kpi, field)]; ok {
			if total, err = strconv.ParseInt(text, 10, 64); err != nil {
				return store.Client{}, err
			}
		}
		stored.Conversions = append(stored.Conversions, store.ClientConversion{
			KPI: kpis[v.kpi], Day: v.day, Events: v.events, Total: store.Amount(total),
		})
	}
	return stored, nil
}
