package transfer

import (
	"context"
	"fmt"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

// Planned is what [Transfer.Run] would do with one experiment.
type Planned struct {
	Experiment string
	Source     Size
	Target     *Size // nil if the target does not have the experiment
	Action     Action
	Conflict   string // why the experiment would be refused
}

// Size is how much a store has of an experiment.
type Size struct{ Clients, Conversions int64 }

// Action is what happens to an experiment in the target.
type Action int

// The actions.
const (
	Create  Action = iota // the target does not have the experiment
	Replace               // it is deleted and copied again
	Refuse                // it is not a copy of the source's
	Update                // what is new is added
	Keep                  // nothing is new
)

// Plan returns what Run would do, and changes nothing.
func (t *Transfer) Plan(ctx context.Context) ([]Planned, error) {
	records, err := t.Source.Records(ctx)
	if err != nil {
		return nil, err
	}
	var all []Planned
	for _, r := range records {
		source, target, err := t.counts(ctx, r.Name)
		if err != nil {
			return nil, err
		}
		if source == nil {
			continue // it was deleted meanwhile
		}
		one, err := t.plan(*source, target)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, nil
}

func (t *Transfer) plan(source store.Counts, target *store.Counts) (Planned, error) {
	p := Planned{Experiment: source.Record.Name, Source: sizeOf(source)}
	if target == nil {
		return p, nil // to be created
	}
	size := sizeOf(*target)
	p.Target = &size
	if slices.Contains(t.Replace, p.Experiment) {
		p.Action = Replace
		return p, nil
	}
	if p.Conflict = conflict(source, *target); p.Conflict != "" {
		p.Action = Refuse
		return p, nil
	}
	all, err := differences(source, *target)
	p.Action = Update
	if len(all) == 0 {
		p.Action = Keep
	}
	return p, err
}

func sizeOf(c store.Counts) (s Size) {
	s.Clients = c.Excluded + c.Participants()
	for _, a := range c.Alternatives {
		for _, k := range a.KPIs {
			s.Conversions += k.Events()
		}
	}
	return s
}

// MissingReplacement returns the first experiment of t.Replace that the source does
// not have, empty if it has all of them.
func (t *Transfer) MissingReplacement(ctx context.Context) (string, error) {
	for _, name := range t.Replace {
		if c, err := countsOf(ctx, t.Source, name); err != nil || c == nil {
			return name, err
		}
	}
	return "", nil
}

// maxVersions limits how often a record may have changed between two transfers, as
// each version is saved in the target.
const maxVersions = 100_000

// conflict returns why an experiment of the target is not an earlier copy of the source's,
// empty if it is.
func conflict(source, target store.Counts) string {
	here, there := source.Record, target.Record
	n := min(len(source.Epochs), len(target.Epochs))
	switch {
	case !slices.Equal(here.Alternatives, there.Alternatives):
		return fmt.Sprintf("its alternatives are %q, but %q in the target", here.Alternatives, there.Alternatives)
	case here.Salt != there.Salt || !here.Created.Equal(there.Created):
		return "the target has another experiment of this name, or one of the two was restarted since the last copy"
	case here.Purged != there.Purged:
		return "its clients were purged since the last copy"
	case !slices.EqualFunc(source.Epochs[:n], target.Epochs[:n], func(a, b store.Epoch) bool {
		return a.Number == b.Number && a.Start.Equal(b.Start) && slices.Equal(a.Weights, b.Weights)
	}):
		return "its weights changed in the target since the last copy, so its clients would belong to the wrong epochs"
	case here.Version > there.Version+maxVersions:
		return "it changed more than 100,000 times since the last copy"
	}
	return ""
}
