package cli

import (
	"context"
	"fmt"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

// checkReplace refuses to replace what is not in the source.
func (c copying) checkReplace(ctx context.Context) error {
	for _, name := range c.replace {
		if r, err := resultsOf(ctx, c.from, name); err != nil {
			return err
		} else if r == nil {
			return usageError("--replace: there is no experiment %q in the source", name)
		}
	}
	return nil
}

// conflict tells why an experiment of the target cannot be that of the source,
// or an earlier state of it: empty if it can.
func conflict(source, target store.Counts) string {
	here, there := source.Record, target.Record
	n := min(len(source.Epochs), len(target.Epochs))
	switch {
	case !slices.Equal(here.Alternatives, there.Alternatives):
		return fmt.Sprintf("its alternatives are %q, but %q in the target", here.Alternatives, there.Alternatives)
	case here.Salt != there.Salt || !here.Created.Equal(there.Created):
		return "the target has another one of that name, or one of both was reset since it was copied"
	case here.Purged != there.Purged:
		return "its clients were purged since it was copied"
	case !slices.EqualFunc(source.Epochs[:n], target.Epochs[:n], sameEpoch):
		return "its weights changed in the target since it was copied, and clients would come into epochs that are not theirs"
	case here.Version > there.Version+mostChanges:
		return "it changed too often since it was copied"
	}
	return ""
}

func sameEpoch(a, b store.Epoch) bool {
	return a.Number == b.Number && a.Start.Equal(b.Start) && slices.Equal(a.Weights, b.Weights)
}

// would tells what copying an experiment means.
func (c copying) would(source store.Counts, target *store.Counts) (string, error) {
	switch {
	case target == nil:
		return "create it", nil
	case slices.Contains(c.replace, source.Record.Name):
		return "delete it there and create it", nil
	}
	if why := conflict(source, *target); why != "" {
		return "refuse it: " + why, nil
	}
	all, err := differences(source, *target)
	if err != nil || len(all) == 0 {
		return "find nothing to count", err
	}
	return "bring what is new", nil
}
