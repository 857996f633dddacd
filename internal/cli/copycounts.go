package cli

import (
	"context"
	"errors"

	"github.com/sixpack-go/sixpack/store"
)

// count has the target's counts become those of the source, of which rest is
// what no client accounts for. It reports false, and leaves them, if clients did
// something else in the target than in the source.
func (c copying) count(ctx context.Context, i store.Import, source, rest store.Counts) (bool, error) {
	missing, err := c.missing(ctx, source)
	if err != nil || isZero(missing) {
		return true, err
	}
	if same, err := c.sameClients(ctx, source, rest); err != nil || !same {
		return false, err
	}
	i.Clients, i.Counts = nil, &rest
	if _, err := c.to.Import(ctx, i); err != nil {
		return false, err
	}
	if missing, err = c.missing(ctx, source); err != nil || isZero(missing) {
		return true, err
	}
	// The target has counted these very clients itself once: on the days on which
	// they came back, or before it forgot them.
	rest.Add(missing)
	_, err = c.to.Import(ctx, i)
	return true, err
}

// missing returns what has to be added to the target's counts to make them
// those of the source.
func (c copying) missing(ctx context.Context, source store.Counts) (store.Counts, error) {
	target, err := resultsOf(ctx, c.to, source.Record.Name)
	if err != nil {
		return store.Counts{}, err
	}
	if target == nil {
		return store.Counts{}, errors.New("somebody deleted the experiment in the target")
	}
	missing := clone(source)
	missing.Sub(*target)
	return missing, nil
}

// sameClients tells whether the target's clients account for as much of the
// source's counts as those of the source, who leave a rest.
func (c copying) sameClients(ctx context.Context, source, rest store.Counts) (bool, error) {
	left := clone(source)
	for one, err := range c.to.Clients(ctx, source.Record.Name) {
		if err != nil {
			return false, err
		}
		left.SubClient(one)
	}
	left.Sub(rest)
	return isZero(left), nil
}

func clone(r store.Counts) store.Counts {
	copied := store.NewCounts(r.Record, r.Epochs)
	copied.Add(r)
	return copied
}

func isZero(r store.Counts) bool {
	s := make(sheet)
	s.addCounts(r)
	return len(s) == 0
}

// compare names what differs now between the source and the target.
func (c copying) compare(ctx context.Context, name string) ([]string, error) {
	source, err := resultsOf(ctx, c.from, name)
	if err != nil {
		return nil, err
	}
	target, err := resultsOf(ctx, c.to, name)
	if err != nil {
		return nil, err
	}
	if source == nil || target == nil {
		return []string{"it was deleted meanwhile"}, nil
	}
	return differences(*source, *target)
}
