package sixpack

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"regexp"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

// DefaultRobots is the expression by which Sixpack knows robots: it is searched
// in the user agent, whatever its case.
const DefaultRobots = `$^|trivial|facebook|MetaURI|butterfly|google|amazon|goldfire|sleuth|xenu|msnbot|` +
	`SiteUptime|Slurp|WordPress|ZIBB|ZyBorg|pingdom|bot|yahoo|slurp|java|fetch|spider|url|crawl|oneriot|` +
	`abby|commentreader|twiceler`

var defaultRobots = regexp.MustCompile("(?i)" + DefaultRobots) //nolint:gocritic // $^ is Sixpack's, and matches nothing but the empty string

// Config configures an [Engine]. The zero value is good.
type Config struct {
	// Disabled gives everyone the control and records nothing but experiments.
	Disabled bool
	// Algorithm names the default algorithm: "hash" if empty.
	Algorithm string
	// Algorithms adds algorithms of one's own, by name, to [Hash], [Random],
	// [Thompson], [Whiplash], [WhiplashLegacy] and [EpsilonGreedy], or replaces
	// these: "thompson" may be a [Thompson] with another floor.
	Algorithms map[string]Algorithm
	// Bandit says when algorithms that learn change the shares.
	Bandit Bandit
	// Weights are those of experiments, by name and alternative, for calls that
	// declare none. Calls are refused with an [*InvalidError] if theirs are not those
	// of exactly the experiment's alternatives.
	Weights map[string]map[string]float64
	// Location is the zone whose days are counted: UTC if nil.
	Location *time.Location
	// Robots is searched in the visitor's user agent, if the caller gives one:
	// [DefaultRobots], ignoring case, if nil.
	Robots *regexp.Regexp
	// Ignored holds the addresses whose visitors are ignored.
	Ignored []netip.Prefix
	// ExperimentName is the form of new experiments' names, in place of that
	// described at [Experiment].
	ExperimentName *regexp.Regexp
	// Now is the clock: time.Now if nil.
	Now func() time.Time
}

// Engine runs experiments over a store. It is safe for concurrent use.
type Engine struct {
	store  store.Store
	config Config
	robots robots
	drawn  atomic.Uint64 // the last ID of a change, so that those of one time are in order

	mu      sync.RWMutex
	records map[string]*store.Record // the last seen of each experiment, never modified

	cohorts byExperiment[cohort] // of bandits
	tries   byExperiment[try]    // of ramps
}

// New returns an engine over a store, which stays the caller's to close.
func New(s store.Store, c Config) *Engine {
	c.Algorithm = cmp.Or(c.Algorithm, "hash")
	c.Location = cmp.Or(c.Location, time.UTC)
	c.Robots = cmp.Or(c.Robots, defaultRobots)
	c.ExperimentName = cmp.Or(c.ExperimentName, nameForm)
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Bandit = c.Bandit.orDefault()
	e := &Engine{store: s, config: c, robots: newRobots(c.Robots), records: make(map[string]*store.Record)}
	e.drawn.Store(rand.Uint64N(1 << 52)) //nolint:gosec // only has to be another one
	return e
}

// Participate returns the alternative of a client, which takes part in the
// experiment from now on if the experiment is open and its traffic admits the
// client. The experiment is created if there is none of its name.
//
// The errors are those of an invalid declaration, client or option, and
// [ErrChanged] when the remembered experiment has other alternatives.
func (e *Engine) Participate(ctx context.Context, x Experiment, client string, options ...Option) (Assignment, error) {
	var c call
	err := e.prepare(&c, options)
	if err := first(checkNamed(x.Name, client), err, checkTraffic(x.Traffic)); err != nil {
		return Assignment{}, err
	}
	if reason := e.excludes(&c); reason != "" {
		return e.visit(ctx, &x, client, reason)
	}
	if err := first(x.check(), e.configure(&x), e.checkAlgorithm(x.Algorithm), c.checkChoice(&x)); err != nil {
		return Assignment{}, err
	}
	for range maxTries {
		r, err := e.find(ctx, &x)
		if err != nil {
			return Assignment{}, err
		}
		if r != nil && !x.same(r) {
			if still, err := e.still(ctx, r, x.Name, client); err != nil || still {
				return Assignment{}, first(err, fmt.Errorf("%w: %q has %q", ErrChanged, x.Name, r.Alternatives))
			}
			continue
		}
		var p proposal
		e.propose(&p, r, &x, client, &c)
		facts, err := e.store.Participate(ctx, p.Participation)
		if err != nil {
			return Assignment{}, err
		}
		if e.learn(x.Name, p.Record, facts) {
			if p.learns && facts.Wrote {
				e.count(ctx, &p, facts)
			}
			if due(p.record, c.now) {
				e.step(ctx, p.record.Name)
			}
			return e.decide(&p, &c, facts), nil
		}
	}
	return Assignment{}, changing(x.Name)
}

// Convert counts a conversion of a client that participates, and returns its
// alternative. A client counts as converted once for each KPI; its further
// conversions are counted as events and add to its value.
//
// Nothing is counted for a robot or an ignored visitor, who gets no alternative
// but a Reason, nor by a disabled engine, which answers with the control. The
// errors are [ErrUnknown], [ErrArchived], [ErrPaused], [ErrNotParticipating],
// and those of an invalid client or option.
func (e *Engine) Convert(ctx context.Context, experiment, client string, options ...Option) (Assignment, error) {
	var c call
	err := e.prepare(&c, options)
	if reason := e.excludes(&c); err == nil && reason != "" {
		return Assignment{Experiment: experiment, Reason: reason}, nil
	}
	if err := first(checkNamed(experiment, client), err); err != nil {
		return Assignment{}, err
	}
	for range maxTries {
		r := e.record(experiment)
		if done, answer, err := e.refuse(r, experiment); done {
			if still, failure := e.still(ctx, r, experiment, client); failure != nil || still {
				return answer, first(failure, err)
			}
			continue
		}
		facts, err := e.store.Convert(ctx, store.Conversion{
			Experiment: experiment, Client: client, Version: r.Version,
			KPI: c.kpi, Value: c.value, HasValue: c.hasValue, At: c.at,
		})
		if err != nil {
			return Assignment{}, err
		}
		if e.learn(experiment, nil, facts) {
			return existing(r, client, facts)
		}
	}
	return Assignment{}, changing(experiment)
}

// Lookup returns what a client has in an experiment and writes nothing. The
// errors are [ErrUnknown], [ErrNotParticipating] and those of an invalid client.
func (e *Engine) Lookup(ctx context.Context, experiment, client string) (Assignment, error) {
	if err := checkNamed(experiment, client); err != nil {
		return Assignment{}, err
	}
	facts, err := e.store.Lookup(ctx, experiment, client)
	if err != nil {
		return Assignment{}, err
	}
	e.learn(experiment, nil, facts)
	if facts.Record == nil {
		return Assignment{}, fmt.Errorf("%w: %q", ErrUnknown, experiment)
	}
	return existing(facts.Record, client, facts)
}

// first returns the first error, as cmp.Or would in three times the time.
func first(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

// maxTries bounds how often a call is made anew because the experiment changed
// while it was made.
const maxTries = 1000

func changing(experiment string) error {
	return fmt.Errorf("experiment %q changed %d times during one call", experiment, maxTries)
}

// find returns the remembered record of x, or nil if x is to be created.
func (e *Engine) find(ctx context.Context, x *Experiment) (*store.Record, error) {
	if r := e.record(x.Name); r != nil {
		return r, nil
	}
	invalid := x.checkNames(e.config.ExperimentName)
	if invalid == nil {
		return nil, nil //nolint:nilnil // the first call's store answers with the record if there is one
	}
	facts, err := e.store.Lookup(ctx, x.Name, "")
	if err != nil {
		return nil, err
	}
	e.learn(x.Name, nil, facts)
	if facts.Record == nil {
		return nil, invalid
	}
	return facts.Record, nil
}

// still asks the store whether r, nil for none, is the record it remembers.
func (e *Engine) still(ctx context.Context, r *store.Record, experiment, client string) (bool, error) {
	facts, err := e.store.Lookup(ctx, experiment, client)
	if err != nil {
		return false, err
	}
	e.learn(experiment, nil, facts)
	return facts.Version == version(r), nil
}

func version(r *store.Record) uint64 {
	if r == nil {
		return 0
	}
	return r.Version
}

// record returns the last record seen of an experiment, nil if there is none.
func (e *Engine) record(experiment string) *store.Record {
	e.mu.RLock()
	defer e.mu.RUnlock()
	return e.records[experiment]
}

// learn keeps the record that facts tell of; kept is the record, if any, that
// the store was asked to keep. It reports whether the store carried out what it
// was asked, because the record was the one that the engine knew.
func (e *Engine) learn(experiment string, kept *store.Record, facts store.Facts) bool {
	r, carriedOut := facts.Record, facts.Record == nil && facts.Version != 0
	if carriedOut {
		if kept == nil {
			return true
		}
		r = kept
		r.Version = facts.Version
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if r == nil {
		delete(e.records, experiment)
		e.cohorts.forget(experiment)
		e.tries.forget(experiment)
	} else {
		e.records[experiment] = r
	}
	return carriedOut
}

// proposal is what a call asks of the store, and on what grounds.
type proposal struct {
	store.Participation
	record *store.Record // in force if the proposal is carried out
	choice int           // what the client would get if it had nothing yet
	learns bool          // the algorithm, which chose it
}

// propose sets p to what a client should get, given the remembered record, nil
// for none.
func (e *Engine) propose(p *proposal, r *store.Record, x *Experiment, client string, c *call) {
	p.record, p.choice = r, store.None
	p.Experiment, p.Client, p.Version, p.Choice, p.At = x.Name, client, version(r), store.None, c.at
	if r == nil {
		p.Record = e.create(x)
	} else {
		p.Record = e.declare(r, x)
	}
	if p.Record != nil {
		p.record = p.Record
	}
	if e.config.Disabled || !p.record.Open() {
		return
	}
	keep, algorithm := !c.prefetch, e.algorithm(p.record)
	switch {
	case c.force != "":
		p.choice = slices.Index(p.record.Alternatives, c.force)
		keep = keep && c.record
	case c.choose != "":
		p.choice = slices.Index(p.record.Alternatives, c.choose)
	default:
		p.choice, p.learns = choose(p.record, algorithm, client), learns(algorithm)
		p.Epoch = p.record.Epoch.Number
		if _, pure := algorithm.(Hash); c.prefetch && !pure && p.choice >= 0 {
			keep, p.Reserve = true, true // or it would be another one later
		}
	}
	if keep {
		p.Choice = p.choice
	}
}

// choose returns the alternative for a client that has none, Out if the
// traffic does not admit it.
func choose(r *store.Record, algorithm Algorithm, client string) int {
	at := newPoint(r.Salt, client)
	if !at.admitted(r.TrafficInForce()) {
		return store.Out
	}
	if d, ok := algorithm.(Drawer); ok {
		return draw(d, len(r.Alternatives), r.Epoch.Weights)
	}
	return at.choose(len(r.Alternatives), r.Epoch.Weights)
}

// decide answers a client, given what the store says. Here is all precedence.
func (e *Engine) decide(p *proposal, c *call, facts store.Facts) Assignment {
	r := p.record
	participating := facts.Choice >= 0 && !facts.Reserved
	answer := func(alternative string, reason Reason) Assignment {
		return Assignment{Experiment: r.Name, Alternative: alternative, Reason: reason, Participating: participating}
	}
	switch control := r.Alternatives[0]; {
	case c.force != "":
		return answer(c.force, ReasonForced)
	case e.config.Disabled:
		return answer(control, ReasonDisabled)
	case r.Winner != "":
		return answer(r.Winner, ReasonWinner)
	case r.Archived:
		return answer(control, ReasonArchived)
	case r.Paused:
		return answer(control, ReasonPaused)
	case participating && facts.Wrote:
		return answer(r.Alternatives[facts.Choice], ReasonAssigned)
	case participating:
		return answer(r.Alternatives[facts.Choice], ReasonExisting)
	case facts.Reserved:
		return answer(r.Alternatives[facts.Choice], ReasonPrefetched)
	case p.choice >= 0:
		return answer(r.Alternatives[p.choice], ReasonPrefetched)
	default:
		return answer(control, ReasonExcluded)
	}
}

// visit answers an excluded visitor: the winner, else the control.
func (e *Engine) visit(ctx context.Context, x *Experiment, client string, reason Reason) (Assignment, error) {
	facts, err := e.store.Lookup(ctx, x.Name, client)
	if err != nil {
		return Assignment{}, err
	}
	e.learn(x.Name, nil, facts)
	answer := Assignment{Experiment: x.Name, Reason: reason}
	if r := facts.Record; r != nil {
		answer.Alternative = cmp.Or(r.Winner, r.Alternatives[0])
		return answer, nil
	}
	if err := first(x.check(), x.checkNames(e.config.ExperimentName)); err != nil {
		return Assignment{}, err
	}
	answer.Alternative = x.Alternatives[0]
	return answer, nil
}

// refuse tells whether a conversion is answered without counting it, as far as
// the record r tells, nil for none.
func (e *Engine) refuse(r *store.Record, experiment string) (done bool, answer Assignment, err error) {
	switch {
	case r == nil:
		return true, answer, fmt.Errorf("%w: %q", ErrUnknown, experiment)
	case e.config.Disabled:
		return true, Assignment{Experiment: experiment, Alternative: r.Alternatives[0], Reason: ReasonDisabled}, nil
	case r.Archived:
		return true, answer, fmt.Errorf("%w: %q", ErrArchived, experiment)
	case r.Paused:
		return true, answer, fmt.Errorf("%w: %q", ErrPaused, experiment)
	default:
		return false, answer, nil
	}
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
