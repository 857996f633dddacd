package cli

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/simulation"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store/memory"
)

// replay is one test as it would run here: an engine over a store, of which the
// clock alone is not real.
type replay struct {
	store  *memory.Store
	engine *sixpack.Engine
	x      sixpack.Experiment
	seed   uint64 // of the clients
	now    time.Time
}

var _ simulation.Learner = (*replay)(nil)

func newReplay(weights []float64, c sixpack.Config, dice *rand.Rand) *replay {
	r := &replay{store: new(memory.Store), seed: dice.Uint64()}
	c.Now = func() time.Time { return r.now }
	r.engine = sixpack.New(r.store, c)
	r.x = sixpack.Experiment{Name: "aa", Weights: weights}
	for i := range weights {
		r.x.Alternatives = append(r.x.Alternatives, strconv.Itoa(i))
	}
	return r
}

// client returns the id of a visitor.
func (r *replay) client(v simulation.Visit) string {
	return madeUpClient(rand.New(rand.NewPCG(r.seed, uint64(v.Visitor)))) //nolint:gosec // nothing secret
}

// at sets the clock.
func (r *replay) at(v simulation.Visit) {
	r.now = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(v.Day * float64(24*time.Hour)))
}

// Participate implements [simulation.Path].
func (r *replay) Participate(ctx context.Context, v simulation.Visit) (int, error) {
	r.at(v)
	a, err := r.engine.Participate(ctx, r.x, r.client(v))
	if err == nil && a.Reason != sixpack.ReasonAssigned {
		err = fmt.Errorf("a new visitor got %q as %s", a.Alternative, a.Reason)
	}
	return slices.Index(r.x.Alternatives, a.Alternative), err
}

// Convert implements [simulation.Path].
func (r *replay) Convert(ctx context.Context, v simulation.Visit) error {
	r.at(v)
	_, err := r.engine.Convert(ctx, r.x.Name, r.client(v))
	return err
}

// Counts implements [simulation.Path].
func (r *replay) Counts(ctx context.Context) ([]stats.Proportion, error) {
	results, err := r.engine.Counts(ctx, r.x.Name)
	counts := make([]stats.Proportion, len(results.Alternatives))
	for i, a := range results.Alternatives {
		counts[i] = stats.Proportion{Participants: a.Participants(), Converted: a.KPI("").Converted()}
	}
	return counts, err
}

// Shares implements [simulation.Learner].
func (r *replay) Shares(ctx context.Context) ([]float64, error) {
	facts, err := r.store.Lookup(ctx, r.x.Name, "")
	if err != nil {
		return nil, err
	}
	return facts.Record.Shares(), nil
}

// Named implements [simulation.Learner].
func (r *replay) Named(ctx context.Context) (int, error) {
	counts, err := r.engine.Counts(ctx, r.x.Name)
	if err != nil {
		return simulation.None, err
	}
	return slices.Index(r.x.Alternatives, analysis.Summary(counts, r.now).Verdict.Leader), nil
}
