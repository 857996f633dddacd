package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"

	"github.com/sixpack-go/sixpack/store"
)

// importBatch is the maximum number of clients that one call merges.
const importBatch = 500

// Import implements [store.Store], except that it is not atomic if there are more than a few
// hundred clients: when it is interrupted, some of them may be imported. Repeating the import
// adds the others. The numbers in Imported are too small if a batch had to be sent again.
func (s *Store) Import(ctx context.Context, i store.Import) (done store.Imported, err error) {
	const op = "import"
	if err := s.ready(ctx, op); err != nil {
		return done, err
	}
	if err := checkImport(i); err != nil {
		return done, wrap(op, err)
	}
	err = s.do(ctx, op, func(ctx context.Context) error {
		done.Created, err = s.adopt(ctx, i)
		return err
	})
	if err != nil {
		return done, err
	}
	if done.Changes, err = s.log(ctx, i.Record.Name, i.Changes); err != nil {
		return done, err
	}
	for batch := range slices.Chunk(i.Clients, importBatch) {
		err = s.do(ctx, op, func(ctx context.Context) error { return s.merge(ctx, i, batch, &done) })
		if err != nil {
			return done, err
		}
	}
	if i.Counts == nil {
		return done, nil
	}
	return done, s.do(ctx, op, func(ctx context.Context) error { return s.rebase(ctx, i, *i.Counts) })
}

// checkImport also refuses more conversions than a script can count.
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

// adopt creates the experiment, or checks that it has the given alternatives, and adds the KPIs
// of the record.
func (s *Store) adopt(ctx context.Context, i store.Import) (created bool, err error) {
	var known []string
	for !created {
		found, err := s.recordsOf(ctx, []string{i.Record.Name})
		if err != nil {
			return false, err
		}
		if len(found) > 0 {
			if r := found[0]; !slices.Equal(r.Alternatives, i.Record.Alternatives) {
				return false, fmt.Errorf("%w: alternatives %q, but %q has %q", store.ErrInvalid, i.Record.Alternatives, r.Name, r.Alternatives)
			}
			known = found[0].KPIs
			break
		}
		if created, err = s.create(ctx, i); err != nil {
			return false, err
		}
	}
	kpis := slices.DeleteFunc(slices.Clone(i.Record.KPIs), func(kpi string) bool { return slices.Contains(known, kpi) })
	if len(kpis) == 0 {
		return created, nil
	}
	return created, s.base(ctx, i, "", kpis)
}

// create reports whether it created the experiment, which may exist by now.
func (s *Store) create(ctx context.Context, i store.Import) (bool, error) {
	if i.Record.Version == 0 {
		return false, fmt.Errorf("%w: new record of %q without a version", store.ErrInvalid, i.Record.Name)
	}
	record, err := creationArgs(i)
	if err != nil {
		return false, err
	}
	fresh := newGeneration()
	done, err := s.attempt(ctx, i.Record.Name, fresh, func(ctx context.Context, k *keys) (reply, error) {
		args := []string{k.generation, "0"}
		if k.generation == fresh {
			args = append([]string{k.generation, strconv.Itoa(len(record))}, record...)
		}
		return s.run(ctx, s.scripts.imports, []string{k.record, k.counts, k.used}, args)
	})
	if err != nil || done.status == statusNone {
		return false, err
	}
	created, err := done.int(3)
	return created == 1, err
}

// creationArgs returns the arguments of lua/import.lua for a record.
func creationArgs(i store.Import) ([]string, error) {
	record, err := recordArgs(i.Record)
	if err != nil {
		return nil, err
	}
	args := append([]string{formatVersion(i.Record.Version)}, record...)
	for _, e := range i.Epochs {
		text, err := json.Marshal(e)
		if err != nil {
			return nil, fmt.Errorf("%w: epoch: %w", store.ErrInvalid, err)
		}
		args = append(args, strconv.FormatUint(uint64(e.Number), 10), string(text))
	}
	return args, nil
}

// merge adds what is unknown of some clients.
func (s *Store) merge(ctx context.Context, i store.Import, clients []store.Client, done *store.Imported) error {
	r, err := s.imports(ctx, i, func(ctx context.Context, k *keys) (reply, error) {
		list, args := mergeArgs(k, clients)
		return s.run(ctx, s.scripts.imports, list, args)
	})
	if err != nil {
		return err
	}
	for at, n := range []*int{&done.Clients, &done.Conversions, &done.Raised} {
		more, err := r.int(at)
		if err != nil {
			return err
		}
		*n += int(more)
	}
	return nil
}

// imports runs a script, and repeats it if the experiment was deleted meanwhile.
func (s *Store) imports(ctx context.Context, i store.Import, script func(ctx context.Context, k *keys) (reply, error)) (reply, error) {
	for {
		done, err := s.attempt(ctx, i.Record.Name, noGeneration, script)
		if err != nil || done.status != statusNone {
			return done, err
		}
		if _, err := s.adopt(ctx, i); err != nil {
			return reply{}, err
		}
	}
}

// mergeArgs returns KEYS and ARGV of lua/import.lua for clients.
func mergeArgs(k *keys, clients []store.Client) (list, args []string) {
	list = []string{k.record, k.counts, k.used}
	args = []string{k.generation, "0"}
	which := make(map[uint]string)
	for _, c := range clients {
		at := keyOf(c.ID)
		if which[at.bucket] == "" {
			which[at.bucket] = strconv.Itoa(len(list) + 1)
			list = append(list, k.bucketOf(at.bucket), k.totalsOf(at.bucket))
		}
		args = append(args,
			which[at.bucket], formatBucket(at.bucket), at.field, encodeState(c.State()), formatDay(c.Day), strconv.Itoa(len(c.Conversions)))
		for _, v := range c.Conversions {
			args = append(args, v.KPI, formatDay(v.Day), string(appendDay(nil, v.Day)),
				strconv.FormatInt(v.Events, 10), strconv.FormatInt(int64(v.Total), 10))
		}
	}
	return list, args
}

// rebase replaces the counts that no client accounts for.
func (s *Store) rebase(ctx context.Context, i store.Import, given store.Counts) error {
	base := store.NewCounts(store.Record{Alternatives: i.Record.Alternatives, KPIs: given.KPIs()}, nil)
	base.Add(given)
	base.DropZeros()
	text, err := json.Marshal(base)
	if err != nil {
		return fmt.Errorf("%w: counts: %w", store.ErrInvalid, err)
	}
	return s.base(ctx, i, string(text), base.Record.KPIs)
}

// base runs lua/base.lua. The measures of KPIs are those in the record of i.
func (s *Store) base(ctx context.Context, i store.Import, counts string, kpis []string) error {
	_, err := s.imports(ctx, i, func(ctx context.Context, k *keys) (reply, error) {
		args := []string{k.generation, counts}
		for _, kpi := range kpis {
			args = append(args, kpi, string(i.Record.Measures[kpi]))
		}
		return s.run(ctx, s.scripts.base, []string{k.record, k.counts}, args)
	})
	return err
}
