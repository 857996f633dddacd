package main

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/growthbook/growthbook-golang"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store/memory"
)

// button is the experiment of all measurements.
var button = sixpack.Experiment{Name: "button-color", Alternatives: []string{"red", "blue"}}

// returning is the number of returning clients: fewer than growthbook caches, so that it never
// has to call its service.
const returning = 1 << 13

// memory compares calls in process for clients that already take part.
func (b *bench) memory(ctx context.Context) ([]row, error) {
	ours, err := participateAgain(ctx)
	if err != nil {
		return nil, err
	}
	g, err := newGrowthbook(ctx)
	if err != nil {
		return nil, err
	}
	rivals := []struct {
		name string
		run  func(n int) error
	}{
		{"growthbook, sticky buckets", g.request(g.sticky)},
		{"the same, its child client made before", g.run(g.children)},
		{"growthbook, stateless", g.request(g.stateless)},
	}
	turns := []func() (float64, error){timed(b.calls, ours)}
	for _, r := range rivals {
		turns = append(turns, timed(b.calls, r.run))
	}
	// Many turns, each long enough to include its garbage collection.
	measured, err := inTurn(4*b.rounds+1, turns...)
	if err != nil {
		return nil, err
	}
	call := func(seconds float64) float64 { return seconds * 1e9 / float64(b.calls) }
	var rows []row
	for i, r := range rivals {
		rows = append(rows, beside("memory: existing client", nanoseconds, scaled(measured[0], call), r.name, scaled(measured[i+1], call)))
	}
	rows[0] = rows[0].withMax(0.15)
	return append(rows, allocations(ours, rivals[0].name, rivals[0].run)), nil
}

// allocations compares the allocations of one call.
func allocations(ours func(n int) error, rival string, other func(n int) error) row {
	count := func(calls func(n int) error) float64 {
		return testing.AllocsPerRun(returning, func() {
			if err := calls(1); err != nil {
				panic(err) // the same call has succeeded before
			}
		})
	}
	r := alone("memory: existing client, allocations", plain, count(ours)).withMax(1)
	r.Rival, r.Other = rival, new(spreadOf([]float64{count(other)}))
	return r
}

// participateAgain returns a function that calls Participate for clients that already take part,
// in memory.
func participateAgain(ctx context.Context) (func(n int) error, error) {
	engine := sixpack.New(new(memory.Store), sixpack.Config{})
	clients := make([]string, returning)
	for i := range clients {
		clients[i] = uuidOf(uint64(i)).String()
		if _, err := engine.Participate(ctx, button, clients[i]); err != nil {
			return nil, err
		}
	}
	return func(n int) error {
		for i := range n {
			a, err := engine.Participate(ctx, button, clients[i%returning])
			if err != nil {
				return err
			}
			if a.Reason != sixpack.ReasonExisting {
				return fmt.Errorf("an existing client got %+v", a)
			}
		}
		return nil
	}, nil
}

// A growthbookSite is a server that uses growthbook as documented: one client for the process,
// and for each request a child of it with the attributes of the visitor.
type growthbookSite struct {
	ctx        context.Context //nolint:containedctx // of all its requests
	experiment *growthbook.Experiment
	sticky     *growthbook.Client   // knows the assignments of all visitors
	stateless  *growthbook.Client   // hashes the visitor each time
	visitors   []string             // their IDs
	children   []*growthbook.Client // of sticky, one for each visitor
}

func newGrowthbook(ctx context.Context) (*growthbookSite, error) {
	sticky, err := growthbook.NewClient(ctx, growthbook.WithStickyBucketService(growthbook.NewInMemoryStickyBucketService()))
	if err != nil {
		return nil, err
	}
	stateless, err := growthbook.NewClient(ctx)
	if err != nil {
		return nil, err
	}
	g := &growthbookSite{ctx: ctx, sticky: sticky, stateless: stateless, experiment: &growthbook.Experiment{
		Key:           button.Name,
		Variations:    []growthbook.FeatureValue{"red", "blue"},
		Meta:          []growthbook.VariationMeta{{Key: "0"}, {Key: "1"}},
		BucketVersion: 1,
	}}
	for i := range returning {
		id := uuidOf(uint64(i)).String()
		child, err := sticky.WithAttributes(growthbook.Attributes{"id": id})
		if err != nil {
			return nil, err
		}
		child.RunExperiment(ctx, g.experiment) // stores the assignment
		if r := child.RunExperiment(ctx, g.experiment); !r.StickyBucketUsed {
			return nil, errors.New("growthbook did not find the assignment that it stored")
		}
		g.visitors, g.children = append(g.visitors, id), append(g.children, child)
	}
	return g, nil
}

// request returns a function that does the work of a request: it makes a child and runs the
// experiment.
func (g *growthbookSite) request(parent *growthbook.Client) func(n int) error {
	return func(n int) error {
		for i := range n {
			child, err := parent.WithAttributes(growthbook.Attributes{"id": g.visitors[i%returning]})
			if err != nil {
				return err
			}
			if r := child.RunExperiment(g.ctx, g.experiment); !r.InExperiment {
				return fmt.Errorf("growthbook left out %s", g.visitors[i%returning])
			}
		}
		return nil
	}
}

// run returns a function that only runs the experiment, for existing children.
func (g *growthbookSite) run(children []*growthbook.Client) func(n int) error {
	return func(n int) error {
		for i := range n {
			if r := children[i%returning].RunExperiment(g.ctx, g.experiment); !r.InExperiment {
				return fmt.Errorf("growthbook left out %s", g.visitors[i%returning])
			}
		}
		return nil
	}
}
