package simulation

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store/memory"
)

// An enginePath is a test in a real engine over a store in memory. Only its clock is
// virtual.
type enginePath struct {
	store  *memory.Store
	engine *sixpack.Engine
	x      sixpack.Experiment
	seed   uint64 // of the clients
	now    time.Time
}

var _ Learner = (*enginePath)(nil)

// InEngine returns a function for [Scenario.Open] that runs tests in an engine with a
// configuration, whose clock is the scenario's.
func InEngine(c sixpack.Config) func(weights []float64, dice *rand.Rand) Path {
	return func(weights []float64, dice *rand.Rand) Path {
		p := &enginePath{store: new(memory.Store), seed: dice.Uint64()}
		config := c
		config.Now = func() time.Time { return p.now }
		p.engine = sixpack.New(p.store, config)
		p.x = sixpack.Experiment{Name: "aa", Weights: weights}
		for i := range weights {
			p.x.Alternatives = append(p.x.Alternatives, strconv.Itoa(i))
		}
		return p
	}
}

// ClientID draws a client ID. It is a UUID, as from most client libraries.
func ClientID(dice *rand.Rand) string {
	var id [16]byte
	binary.BigEndian.PutUint64(id[:], dice.Uint64())
	binary.BigEndian.PutUint64(id[8:], dice.Uint64())
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", id[:4], id[4:6], id[6:8], id[8:10], id[10:])
}

// client returns the client ID of a visitor.
func (p *enginePath) client(v Visit) string {
	return ClientID(rand.New(rand.NewPCG(p.seed, uint64(v.Visitor)))) //nolint:gosec // nothing secret
}

// setClock sets the clock to the time of a visit.
func (p *enginePath) setClock(v Visit) {
	p.now = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(v.Day * float64(24*time.Hour)))
}

// Participate implements [Path].
func (p *enginePath) Participate(ctx context.Context, v Visit) (int, error) {
	p.setClock(v)
	a, err := p.engine.Participate(ctx, p.x, p.client(v))
	if err == nil && a.Reason != sixpack.ReasonAssigned {
		err = fmt.Errorf("a new visitor got %q as %s", a.Alternative, a.Reason)
	}
	return slices.Index(p.x.Alternatives, a.Alternative), err
}

// Convert implements [Path].
func (p *enginePath) Convert(ctx context.Context, v Visit) error {
	p.setClock(v)
	_, err := p.engine.Convert(ctx, p.x.Name, p.client(v))
	return err
}

// Counts implements [Path].
func (p *enginePath) Counts(ctx context.Context) ([]stats.Proportion, error) {
	counts, err := p.engine.Counts(ctx, p.x.Name)
	arms := make([]stats.Proportion, len(counts.Alternatives))
	for i, a := range counts.Alternatives {
		arms[i] = stats.Proportion{Participants: a.Participants(), Converted: a.KPI("").Converted()}
	}
	return arms, err
}

// Shares implements [Learner].
func (p *enginePath) Shares(ctx context.Context) ([]float64, error) {
	facts, err := p.store.Lookup(ctx, p.x.Name, "")
	if err != nil {
		return nil, err
	}
	return facts.Record.Shares(), nil
}

// Named implements [Learner].
func (p *enginePath) Named(ctx context.Context) (int, error) {
	counts, err := p.engine.Counts(ctx, p.x.Name)
	if err != nil {
		return None, err
	}
	return slices.Index(p.x.Alternatives, analysis.Summary(counts, p.now).Verdict.Leader), nil
}
