package redis

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/sixpack-go/sixpack/store"
)

// importBatch bounds how many clients one call merges.
const importBatch = 500

// Import implements [store.Store], but in more than one step if there are more
// than a few hundred clients: when it is broken off, some of them may be there.
// Repeating it brings the others. Imported tells too little if the driver had
// to send a batch again.
func (s *Store) Import(ctx context.Context, i store.Import) (done store.Imported, err error) {
	const op = "import"
	if err := s.ready(ctx, op); err != nil {
		return done, err
	}
	if err := checkImport(i); err != nil {
		return done, wrap(op, err)
	}
	err = s.do(ctx, op, func(ctx context.Context) error {
		done.Created, err = s.adopt(ctx, i.Record)
		return err
	})
	if err != nil {
		return done, err
	}
	for batch := range slices.Chunk(i.Clients, importBatch) {
		err = s.do(ctx, op, func(ctx context.Context) error {
			clients, conversions, err := s.merge(ctx, i.Record, batch)
			done.Clients += clients
			done.Conversions += conversions
			return err
		})
		if err != nil {
			return done, err
		}
	}
	if i.Counts == nil {
		return done, nil
	}
	return done, s.do(ctx, op, func(ctx context.Context) error { return s.rebase(ctx, i.Record, *i.Counts) })
}

// checkImport refuses what does not fit the alternatives of i.Record, and more
// conversions than a script can count.
func checkImport(i store.Import) error {
	if err := i.Check(); err != nil {
		return err
	}
	for _, c := range i.Clients {
		for _, v := range c.Conversions {
			if v.Events > maxEvents {
				return fmt.Errorf("%w: client %q: %d conversions", store.ErrInvalid, c.ID, v.Events)
			}
		}
	}
	return nil
}

// adopt creates the experiment, or checks that it has the alternatives of r.
func (s *Store) adopt(ctx context.Context, r store.Record) (created bool, err error) {
	f, err := s.participate(ctx, store.Participation{Experiment: r.Name, Record: &r, Choice: store.None})
	if err != nil || f.Record == nil {
		return err == nil, err
	}
	if known := f.Record.Alternatives; !slices.Equal(known, r.Alternatives) {
		return false, fmt.Errorf("%w: alternatives %q, but %q has %q", store.ErrInvalid, r.Alternatives, r.Name, known)
	}
	return false, nil
}

// merge takes of some clients what is not known.
func (s *Store) merge(ctx context.Context, r store.Record, clients []store.Client) (taken, conversions int, err error) {
	done, err := s.imports(ctx, r, func(ctx context.Context, k *keys) (reply, error) {
		list, args := mergeArgs(k, clients)
		return s.run(ctx, s.scripts.imports, list, args)
	})
	if err != nil {
		return 0, 0, err
	}
	n, err := done.int(0)
	m, err2 := done.int(1)
	return int(n), int(m), cmp.Or(err, err2)
}

// imports runs a script, and again if the experiment was deleted meanwhile.
func (s *Store) imports(ctx context.Context, r store.Record, script func(ctx context.Context, k *keys) (reply, error)) (reply, error) {
	for {
		done, err := s.attempt(ctx, r.Name, noGeneration, script)
		if err != nil || done.status != statusNone {
			return done, err
		}
		if _, err := s.adopt(ctx, r); err != nil {
			return reply{}, err
		}
	}
}

// mergeArgs returns KEYS and ARGV of lua/import.lua.
func mergeArgs(k *keys, clients []store.Client) (list, args []string) {
	list = []string{k.record, k.counts, k.used}
	args = []string{k.generation}
	which := make(map[uint]string)
	for _, c := range clients {
		at := keyOf(c.ID)
		if which[at.bucket] == "" {
			which[at.bucket] = strconv.Itoa(len(list) + 1)
			list = append(list, k.bucketOf(at.bucket), k.totalsOf(at.bucket))
		}
		value := client{choice: c.Choice, reserved: c.Reserved, epoch: c.Epoch, day: c.Day}.encode()
		args = append(args, which[at.bucket], strconv.FormatUint(uint64(at.bucket), 10), at.field, value, formatDay(c.Day), strconv.Itoa(len(c.Conversions)))
		for _, v := range c.Conversions {
			events, bulk := v.Events, int64(0)
			if events > manyEvents {
				events, bulk = 0, events
			}
			high, low := halves(v.Total)
			args = append(args, v.KPI, formatDay(v.Day), conversion{day: v.Day, events: v.Events}.encode(noNonce),
				strconv.FormatInt(oneConverted+events, 10), strconv.FormatInt(bulk, 10), strconv.FormatInt(int64(v.Total), 10), high, low)
		}
	}
	return list, args
}

// rebase puts given in place of the counts that an earlier import brought.
func (s *Store) rebase(ctx context.Context, r store.Record, given store.Results) error {
	kpis := slices.Clone(given.Record.KPIs)
	for _, a := range given.Alternatives {
		for _, k := range a.KPIs {
			kpis = append(kpis, k.KPI)
		}
	}
	base := store.NewResults(store.Record{Alternatives: r.Alternatives, KPIs: distinct(kpis)}, nil)
	base.Add(given)
	base.DropZeros()
	text, err := json.Marshal(base)
	if err != nil {
		return fmt.Errorf("%w: counts: %w", store.ErrInvalid, err)
	}
	_, err = s.imports(ctx, r, func(ctx context.Context, k *keys) (reply, error) {
		return s.run(ctx, s.scripts.base, []string{k.record, k.counts}, append([]string{k.generation, string(text)}, base.Record.KPIs...))
	})
	return err
}

// distinct returns each of list once, in the order of appearance.
func distinct(list []string) (once []string) {
	seen := make(map[string]bool)
	for _, s := range list {
		if !seen[s] {
			once = append(once, s)
		}
		seen[s] = true
	}
	return once
}
