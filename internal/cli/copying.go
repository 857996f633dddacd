package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"math/rand/v2"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

const (
	// copyBatch is how many clients are brought at a time, and copiers how many
	// times that: an embedded store writes them together.
	copyBatch = 2500
	copiers   = 4
	// mostChanges is how often a record may have changed between two runs.
	mostChanges = 100_000
)

// A copying moves experiments from one store to another.
type copying struct {
	from, to store.Store
	batch    int      // how many clients are brought at a time
	replace  []string // experiments that are to be deleted in the target first
	progress io.Writer
}

// copied is what came of one experiment.
type copied struct {
	name        string
	clients     int // in the source
	brought     store.Imported
	refused     string   // why it was not copied
	differences []string // once it was copied
}

func (d *copied) add(clients int, brought store.Imported) {
	d.clients += clients
	d.brought.Clients += brought.Clients
	d.brought.Conversions += brought.Conversions
	d.brought.Raised += brought.Raised
}

// all copies all experiments.
func (c copying) all(ctx context.Context) (done []copied, err error) {
	records, err := c.from.Records(ctx)
	if err != nil {
		return nil, err
	}
	for _, r := range records {
		one, err := c.experiment(ctx, r.Name)
		if err != nil {
			return done, fmt.Errorf("%s: %w", r.Name, err)
		}
		done = append(done, one)
	}
	return done, nil
}

func (c copying) experiment(ctx context.Context, name string) (done copied, err error) {
	done.name = name
	source, err := resultsOf(ctx, c.from, name)
	if err != nil {
		return done, err
	}
	if source == nil {
		done.refused = "somebody deleted it in the source"
		return done, nil
	}
	if slices.Contains(c.replace, name) {
		if err := c.deleteThere(ctx, name); err != nil {
			return done, err
		}
	}
	target, err := resultsOf(ctx, c.to, name)
	if err != nil {
		return done, err
	}
	if target != nil {
		done.refused = conflict(*source, *target)
	}
	if done.refused == "" {
		err = c.bring(ctx, source, target, &done)
	}
	if errors.Is(err, store.ErrInvalid) {
		done.refused, err = err.Error(), nil
	}
	if err != nil || done.refused != "" {
		return done, err
	}
	differences, err := c.compare(ctx, name)
	done.differences = append(done.differences, differences...)
	return done, err
}

// deleteThere deletes an experiment in the target, whose log tells of it.
func (c copying) deleteThere(ctx context.Context, name string) error {
	_, err := c.to.Delete(ctx, name, store.Change{
		ID: 1 + rand.Uint64N(1<<52), At: time.Now(), By: "sixpack copy --replace", Action: sixpack.ActionDelete, //nolint:gosec // only has to be another one
	})
	return err
}

// resultsOf returns the results of an experiment, nil if there is none.
func resultsOf(ctx context.Context, st store.Store, name string) (*store.Counts, error) {
	all, err := st.Counts(ctx, name)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	return &all[0], nil
}

// bring has the target know what the source does: the record and the log, then the
// clients, then what these do not account for. It is counted against the very clients
// that came, so that the target's counts are those of the source when this
// began, whatever happens there meanwhile.
func (c copying) bring(ctx context.Context, source, target *store.Counts, done *copied) (err error) {
	i := store.Import{Record: source.Record, Epochs: source.Epochs[:len(source.Epochs)-1]}
	head := i
	if head.Changes, err = c.from.Changes(ctx, i.Record.Name, 0); err != nil {
		return err
	}
	if done.brought, err = c.to.Import(ctx, head); err != nil {
		return err
	}
	if target != nil {
		if err := c.follow(ctx, *source, target.Record); err != nil {
			return err
		}
	}
	rest := clone(*source)
	if err := c.clients(ctx, i, clientsOf(*source), &rest, done); err != nil {
		return err
	}
	same, err := c.count(ctx, i, *source, rest)
	if err == nil && !same {
		done.differences = []string{"clients did something else in the target than in the source"}
	}
	return err
}

// clients brings all clients, some batches at the same time, and takes away
// from rest what they account for.
func (c copying) clients(ctx context.Context, i store.Import, about int64, rest *store.Counts, done *copied) error {
	bar := newBar(c.progress, "copying "+i.Record.Name, false, about)
	defer bar.finish()
	var mu sync.Mutex // guards done
	group, going := errgroup.WithContext(ctx)
	group.SetLimit(copiers)
	for batch, err := range batches(c.from.Clients(going, i.Record.Name), c.batch) {
		if err != nil {
			return cmp.Or(group.Wait(), err)
		}
		part := i
		part.Clients = batch
		group.Go(func() error {
			brought, err := c.to.Import(going, part)
			mu.Lock()
			defer mu.Unlock()
			done.add(len(batch), brought)
			return err
		})
		for _, one := range batch {
			rest.SubClient(one)
		}
		bar.steps(int64(len(batch)))
	}
	return group.Wait()
}

// batches iterates over clients, n at a time.
func batches(clients iter.Seq2[store.Client, error], n int) iter.Seq2[[]store.Client, error] {
	return func(yield func([]store.Client, error) bool) {
		var batch []store.Client
		for one, err := range clients {
			if err != nil {
				yield(nil, err)
				return
			}
			batch = append(batch, one)
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

// clientsOf returns how many clients are counted.
func clientsOf(r store.Counts) int64 {
	n := r.Excluded
	for _, a := range r.Alternatives {
		n += a.Participants()
	}
	return n
}

// follow has the target's record change as the source's did since it was
// copied, through the same epochs and to the same version. So a later run can
// tell which of both changed again.
func (c copying) follow(ctx context.Context, source store.Counts, known store.Record) error {
	r := source.Record.Clone()
	if r.Version <= known.Version {
		return nil
	}
	later := slices.DeleteFunc(slices.Clone(source.Epochs), func(e store.Epoch) bool { return e.Number <= known.Epoch.Number })
	for r.Version = known.Version; r.Version < source.Record.Version || len(later) > 0; r.Version++ {
		if len(later) > 0 {
			r.Epoch, later = later[0], later[1:]
		}
		f, err := c.to.Save(ctx, r)
		if err != nil {
			return err
		}
		if !f.Wrote {
			return errors.New("somebody changes the experiment in the target: stop the server that uses it, and run this again")
		}
	}
	return nil
}
