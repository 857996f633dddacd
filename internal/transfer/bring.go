package transfer

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"sync"

	"golang.org/x/sync/errgroup"

	"github.com/sixpack-go/sixpack/store"
)

// An embedded store commits concurrent writes together, so several batches are written
// at a time.
const (
	batchSize = 2500
	writers   = 4
)

// bring copies an experiment: its record and log, then its clients, then the rest
// of the counts. The target is nil if it does not have the
// experiment.
func (t *Transfer) bring(ctx context.Context, source, target *store.Counts, result *Result) (err error) {
	i := store.Import{Record: source.Record, Epochs: source.Epochs[:len(source.Epochs)-1]}
	head := i
	if head.Changes, err = t.Source.Changes(ctx, i.Record.Name, 0); err != nil {
		return err
	}
	if result.New, err = t.Target.Import(ctx, head); err != nil {
		return err
	}
	if target != nil {
		if err := t.replay(ctx, *source, target.Record); err != nil {
			return err
		}
	}
	rest := clone(*source)
	if err := t.bringClients(ctx, i, &rest, result); err != nil {
		return err
	}
	same, err := t.bringRest(ctx, i, *source, rest)
	if err == nil && !same {
		result.Differences = []string{"clients have other data in the target than in the source: copy again with --replace to keep the source's"}
	}
	return err
}

// replay changes the target's record, which is an earlier copy, as the source's was
// changed since: through the same epochs and to the same version. So a later
// transfer can see which of the two changed again.
func (t *Transfer) replay(ctx context.Context, source store.Counts, known store.Record) error {
	r := source.Record.Clone()
	if r.Version <= known.Version {
		return nil
	}
	later := slices.DeleteFunc(slices.Clone(source.Epochs), func(e store.Epoch) bool { return e.Number <= known.Epoch.Number })
	for r.Version = known.Version; r.Version < source.Record.Version || len(later) > 0; r.Version++ {
		if len(later) > 0 {
			r.Epoch, later = later[0], later[1:]
		}
		f, err := t.Target.Save(ctx, r)
		if err != nil {
			return err
		}
		if !f.Wrote {
			return errors.New("the experiment in the target is being changed: stop the server that uses the target, and copy again")
		}
	}
	return nil
}

// bringClients copies all clients, several batches at a time, and subtracts from
// rest what they account for.
func (t *Transfer) bringClients(ctx context.Context, i store.Import, rest *store.Counts, result *Result) error {
	var mu sync.Mutex // guards result
	group, going := errgroup.WithContext(ctx)
	group.SetLimit(writers)
	copied, total := int64(0), sizeOf(*rest).Clients
	t.report(i.Record.Name, copied, total)
	for batch, err := range batches(t.Source.Clients(going, i.Record.Name), cmp.Or(t.BatchSize, batchSize)) {
		if err != nil {
			return cmp.Or(group.Wait(), err)
		}
		part := i
		part.Clients = batch
		group.Go(func() error {
			brought, err := t.Target.Import(going, part)
			mu.Lock()
			defer mu.Unlock()
			result.add(len(batch), brought)
			return err
		})
		for _, c := range batch {
			rest.SubClient(c)
		}
		copied += int64(len(batch))
		t.report(i.Record.Name, copied, total)
	}
	return group.Wait()
}

func (t *Transfer) report(experiment string, copied, total int64) {
	if t.Progress != nil {
		t.Progress(experiment, copied, total)
	}
}

func (r *Result) add(clients int, brought store.Imported) {
	r.Clients += clients
	r.New.Clients += brought.Clients
	r.New.Conversions += brought.Conversions
	r.New.Raised += brought.Raised
}

// batches groups clients by n.
func batches(clients iter.Seq2[store.Client, error], n int) iter.Seq2[[]store.Client, error] {
	return func(yield func([]store.Client, error) bool) {
		var batch []store.Client
		for c, err := range clients {
			if err != nil {
				yield(nil, err)
				return
			}
			batch = append(batch, c)
			if len(batch) < n {
				continue
			}
			if !yield(batch, nil) {
				return
			}
			batch = nil
		}
		if len(batch) > 0 {
			yield(batch, nil)
		}
	}
}
