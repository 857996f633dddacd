package sixpack

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"sync/atomic"
	"time"

	"github.com/sixpack-go/sixpack/bandit"
	"github.com/sixpack-go/sixpack/store"
)

// Config configures an [Engine]. The zero value is usable.
type Config struct {
	Disabled  bool   // gives everyone the control and records only experiments
	Algorithm string // names the default algorithm; "hash" if empty
	// Algorithms adds algorithms to the ones of package bandit, by name, or replaces
	// them: "thompson" may be a [bandit.Thompson] with another floor.
	Algorithms map[string]bandit.Algorithm
	Bandit     BanditSchedule // says when algorithms that learn change the shares
	// Weights are for calls that declare none, by experiment and alternative. A call is
	// refused with an [*InvalidError] unless exactly its alternatives have weights here.
	Weights  map[string]map[string]float64
	Location *time.Location // the time zone whose days are counted; UTC if nil
	// Robots recognizes robots: it is searched in the visitor's user agent, if the caller
	// sets one. Nil is [DefaultRobots], ignoring case.
	Robots  *regexp.Regexp
	Ignored []netip.Prefix // the IP addresses whose visitors are not counted
	// ExperimentName replaces the form of new experiments' names, which is described at
	// [Experiment].
	ExperimentName *regexp.Regexp
	Now            func() time.Time // the clock; time.Now if nil
}

// Engine runs experiments over a store. It is safe for concurrent use.
type Engine struct {
	store  store.Store
	config Config
	robots robots
	drawn  atomic.Uint64 // the last ID of a logged change; ascending, so that changes at the same time are in order
	cache  cache
}

// New returns an engine over a store. The caller closes the store.
func New(s store.Store, c Config) *Engine {
	c.Algorithm = cmp.Or(c.Algorithm, "hash")
	c.Location = cmp.Or(c.Location, time.UTC)
	c.Robots = cmp.Or(c.Robots, defaultRobots)
	c.ExperimentName = cmp.Or(c.ExperimentName, nameForm)
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Bandit = c.Bandit.orDefault()
	e := &Engine{store: s, config: c, robots: newRobots(c.Robots)}
	e.drawn.Store(rand.Uint64N(1 << 52)) //nolint:gosec // has to differ, not to be secret
	return e
}

// Participate returns the alternative of a client. The client takes part in the
// experiment from now on if the experiment is open and its traffic admits the client. A
// new experiment is created by its first participant.
//
// The errors are [*InvalidError] and, if the experiment exists with other
// alternatives, [ErrChanged].
func (e *Engine) Participate(ctx context.Context, x Experiment, client string, options ...ParticipateOption) (Assignment, error) {
	c := gather(options, ParticipateOption.participate)
	if err := first(checkNamed(x.Name, client), e.prepare(&c), checkTraffic(x.Traffic)); err != nil {
		return Assignment{}, err
	}
	if c.excluded != "" {
		return e.visit(ctx, &x, &c)
	}
	if err := first(x.check(), e.configure(&x), e.checkAlgorithm(x.Algorithm), c.checkNamed(&x)); err != nil {
		return Assignment{}, err
	}
	for range maxTries {
		r, err := e.find(ctx, x.Name, func(r *store.Record) error { return e.checkDeclared(&x, r) })
		if err != nil {
			return Assignment{}, err
		}
		p := e.propose(r, &x, client, &c)
		facts, err := e.store.Participate(ctx, p.Participation)
		if err != nil {
			return Assignment{}, err
		}
		e.update(x.Name, p.Record, facts)
		if facts.Stale {
			continue
		}
		if p.learns && facts.Wrote {
			e.count(ctx, p.record, facts)
		}
		if due(p.record, c.now) {
			e.step(ctx, x.Name)
		}
		return e.answer(&c, p.record, p.choice, facts), nil
	}
	return Assignment{}, changing(x.Name)
}

// visit answers a visitor who is not counted. It writes nothing.
func (e *Engine) visit(ctx context.Context, x *Experiment, c *call) (Assignment, error) {
	r, err := e.refresh(ctx, x.Name)
	if err != nil {
		return Assignment{}, err
	}
	if r == nil {
		if err := first(x.check(), x.checkNames(e.config.ExperimentName)); err != nil {
			return Assignment{}, err
		}
		r = &store.Record{Name: x.Name, Alternatives: x.Alternatives}
	}
	return e.answer(c, r, store.None, store.Facts{Choice: store.None}), nil
}

// Convert counts a conversion of a client that participates, and returns its
// alternative. A client counts as converted once for each KPI; its further
// conversions are counted as events and add to its value.
//
// Nothing is counted for a robot or an ignored visitor: then the Reason is
// [ReasonRobot] or [ReasonIgnored], and there is no Alternative. Nor is anything
// counted by a disabled engine, which answers with the control.
//
// The errors are [ErrUnknown], [ErrArchived], [ErrPaused], [ErrNotParticipating] and
// [*InvalidError].
func (e *Engine) Convert(ctx context.Context, experiment, client string, options ...ConvertOption) (Assignment, error) {
	c := gather(options, ConvertOption.convert)
	err := e.prepare(&c)
	if err == nil && c.excluded != "" {
		return Assignment{Experiment: experiment, Reason: c.excluded}, nil
	}
	if err := first(checkNamed(experiment, client), err); err != nil {
		return Assignment{}, err
	}
	if e.config.Disabled {
		r, err := e.known(ctx, experiment)
		if err != nil {
			return Assignment{}, err
		}
		return Assignment{Experiment: experiment, Alternative: r.Alternatives[0], Reason: ReasonDisabled}, nil
	}
	for range maxTries {
		r, err := e.find(ctx, experiment, func(r *store.Record) error { return checkConvertible(experiment, r) })
		if err != nil {
			return Assignment{}, err
		}
		facts, err := e.store.Convert(ctx, store.Conversion{
			Experiment: experiment, Client: client, Version: r.Version,
			KPI: c.kpi, Value: c.value, HasValue: c.hasValue, At: c.at,
		})
		if err != nil {
			return Assignment{}, err
		}
		e.update(experiment, nil, facts)
		if !facts.Stale {
			return existing(r, client, facts)
		}
	}
	return Assignment{}, changing(experiment)
}

// checkConvertible refuses conversions of an experiment with the record r, nil if
// there is none.
func checkConvertible(experiment string, r *store.Record) error {
	switch {
	case r == nil:
		return unknownExperiment(experiment)
	case r.Archived:
		return fmt.Errorf("%w: %q", ErrArchived, experiment)
	case r.Paused:
		return fmt.Errorf("%w: %q", ErrPaused, experiment)
	default:
		return nil
	}
}

// Lookup returns the alternative of a client in an experiment. It writes nothing. The
// errors are [ErrUnknown], [ErrNotParticipating] and [*InvalidError].
func (e *Engine) Lookup(ctx context.Context, experiment, client string) (Assignment, error) {
	if err := checkNamed(experiment, client); err != nil {
		return Assignment{}, err
	}
	facts, err := e.store.Lookup(ctx, experiment, client)
	if err != nil {
		return Assignment{}, err
	}
	e.remember(experiment, facts.Record)
	if facts.Record == nil {
		return Assignment{}, unknownExperiment(experiment)
	}
	return existing(facts.Record, client, facts)
}

// existing answers a client that should participate.
func existing(r *store.Record, client string, facts store.Facts) (Assignment, error) {
	if facts.Choice < 0 || facts.Reserved {
		return Assignment{}, fmt.Errorf("%w: %q in %q", ErrNotParticipating, client, r.Name)
	}
	if facts.Overflow {
		return Assignment{}, invalid("value", "the total of %q would be too large", client)
	}
	return Assignment{
		Experiment: r.Name, Alternative: r.Alternatives[facts.Choice], Reason: ReasonExisting, Participating: true,
	}, nil
}

// first returns the first error. cmp.Or would take three times as long.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// maxTries limits the attempts of a call during which the experiment changes.
const maxTries = 1000

func changing(experiment string) error {
	return fmt.Errorf("experiment %q changed %d times during one call", experiment, maxTries)
}

func unknownExperiment(experiment string) error { return fmt.Errorf("%w: %q", ErrUnknown, experiment) }
