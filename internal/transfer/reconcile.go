package transfer

import (
	"context"
	"errors"

	"github.com/sixpack-go/sixpack/store"
)

// reconcile returns the rest with which the target counts what the source counts,
// and whether it does so already. The target was counted with the given rest.
func reconcile(source, rest, target store.Counts) (corrected store.Counts, equal bool) {
	corrected = clone(source)
	corrected.Sub(target)
	equal = corrected.IsZero()
	corrected.Add(rest)
	return corrected, equal
}

// bringRest makes the target's counts equal to the source's, where rest holds the counts
// without a client in the source. It reports false, and changes nothing, if the clients of
// the target account for other counts than the clients of the source.
func (t *Transfer) bringRest(ctx context.Context, i store.Import, source, rest store.Counts) (same bool, err error) {
	target, err := t.targetCounts(ctx, source.Record.Name)
	if err != nil {
		return false, err
	}
	if _, equal := reconcile(source, rest, target); equal {
		return true, nil
	}
	if same, err := t.sameClients(ctx, source, rest); err != nil || !same {
		return false, err
	}
	i.Counts = &rest
	if _, err := t.Target.Import(ctx, i); err != nil {
		return false, err
	}
	if target, err = t.targetCounts(ctx, source.Record.Name); err != nil {
		return false, err
	}
	// The target may have counted the same clients itself: on the days on which they
	// came back, or before they were purged.
	corrected, equal := reconcile(source, rest, target)
	if equal {
		return true, nil
	}
	i.Counts = &corrected
	_, err = t.Target.Import(ctx, i)
	return true, err
}

func (t *Transfer) targetCounts(ctx context.Context, name string) (store.Counts, error) {
	target, err := countsOf(ctx, t.Target, name)
	if err != nil {
		return store.Counts{}, err
	}
	if target == nil {
		return store.Counts{}, errors.New("the experiment was deleted in the target while it was copied: copy again")
	}
	return *target, nil
}

// sameClients reports whether the target's clients account for as much of the
// source's counts as the source's clients, which leave rest.
func (t *Transfer) sameClients(ctx context.Context, source, rest store.Counts) (bool, error) {
	left := clone(source)
	for c, err := range t.Target.Clients(ctx, source.Record.Name) {
		if err != nil {
			return false, err
		}
		left.SubClient(c)
	}
	left.Sub(rest)
	return left.IsZero(), nil
}

func clone(c store.Counts) store.Counts {
	copied := store.NewCounts(c.Record, c.Epochs)
	copied.Add(c)
	return copied
}
