package sixpack

import (
	"cmp"
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/sixpack-go/sixpack/store"
)

// Experiment is a test as the calling code declares it. The first participant creates
// it. From then on its alternatives are fixed.
type Experiment struct {
	// Name is 1 to 255 letters, digits, spaces, '_' and '-', the first a letter or
	// digit, unless [Config.ExperimentName] sets another form.
	Name string
	// Alternatives are two to 256 different names of the form of Name. The first is
	// the control. In another order they are the same experiment, whose order stays.
	Alternatives []string
	// Weights set the share of new participants of each alternative. They are not
	// negative and of any scale. Nil keeps the weights that the experiment has, equal
	// ones at first. A change takes effect within a minute. An algorithm that learns
	// begins with these weights, and again when they change. An alternative with the
	// weight 0 gets no participants.
	Weights []float64
	// Traffic is the fraction of clients that take part, in (0, 1]. The others get the
	// control and are not counted. 0 keeps the traffic that the experiment has, 1 at
	// first. Raising it admits more clients and moves none.
	Traffic float64
	// Algorithm names the [bandit.Algorithm] that sets the shares. Empty keeps the one
	// that the experiment has, the engine's at first.
	Algorithm string
	// Plan is the question that a new experiment is to answer. Later calls do not change it;
	// [Engine.SetPlan] does.
	Plan store.Plan
}

const (
	maxName         = 255 // bytes
	maxClient       = 512 // bytes
	maxAlternatives = 256

	// declaredEvery is the minimum time between changes of declared weights. Without it,
	// each call would begin an epoch while two releases of a program run side by side.
	declaredEvery = time.Minute
)

var (
	nameForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_ -]*$`)
	kpiForm  = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9_-]*$`)
)

// checkName refuses a name that is too long or has another form.
func checkName(argument, name string, form *regexp.Regexp) error {
	switch {
	case len(name) > maxName:
		return invalid(argument, "it has %d bytes, at most %d are allowed", len(name), maxName)
	case !form.MatchString(name) || !printable(name):
		return invalid(argument, "%q does not match %s", name, form)
	default:
		return nil
	}
}

// checkKPI refuses an invalid name of a KPI. The name of the default KPI is empty.
func checkKPI(name string) error {
	if name == "" {
		return nil
	}
	return checkName("kpi name", name, kpiForm)
}

// checkNamed refuses invalid names of the experiment and the client.
func checkNamed(experiment, client string) error {
	switch {
	case experiment == "":
		return invalid("experiment name", "it is empty")
	case client == "":
		return invalid("client id", "it is empty")
	case len(client) > maxClient || !printable(client):
		return invalid("client id", "it has %d bytes; at most %d bytes of UTF-8 without control characters are allowed", len(client), maxClient)
	default:
		return nil
	}
}

// printable reports whether s is UTF-8 without control characters.
func printable(s string) bool {
	for i := range len(s) {
		if b := s[i]; b < ' ' || b > '~' {
			return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
		}
	}
	return true
}

// check refuses a declaration that is invalid for any record.
func (x *Experiment) check() error {
	if n := len(x.Alternatives); n < 2 {
		return invalid("alternatives", "experiments require at least two alternatives: %d given", n)
	} else if n > maxAlternatives {
		return invalid("alternatives", "experiments allow at most %d alternatives: %d given", maxAlternatives, n)
	}
	for i, a := range x.Alternatives {
		if slices.Contains(x.Alternatives[:i], a) {
			return invalid("alternatives", "duplicate alternatives: %q", a)
		}
	}
	return first(checkWeights(x.Weights, len(x.Alternatives)), checkPlan(x.Plan))
}

// checkNames refuses invalid names of a new experiment. The names of an existing one were
// accepted before, perhaps under other rules.
func (x *Experiment) checkNames(form *regexp.Regexp) error {
	if err := checkName("experiment name", x.Name, form); err != nil {
		return err
	}
	for _, a := range x.Alternatives {
		if err := checkName("alternative name", a, nameForm); err != nil {
			return err
		}
	}
	return nil
}

func checkTraffic(f float64) error {
	if f != 0 && !(f > 0 && f <= 1) {
		return invalid("traffic fraction", "%v is not in (0, 1]", f)
	}
	return nil
}

// checkWeights refuses weights of n alternatives, unless they are nil.
func checkWeights(weights []float64, n int) error {
	if weights == nil {
		return nil
	}
	if len(weights) != n {
		return invalid("weights", "%d weights for %d alternatives", len(weights), n)
	}
	sum := 0.0
	for _, w := range weights {
		if !(w >= 0) {
			return invalid("weights", "%v is negative or not a number", w)
		}
		sum += w
	}
	if sum == 0 || math.IsInf(sum, 0) {
		return invalid("weights", "their sum is %v", sum)
	}
	return nil
}

// checkNamed refuses to force or choose an alternative that is not declared.
func (c *call) checkNamed(x *Experiment) error {
	for _, named := range [...]string{c.force, c.choose} {
		if named != "" && !slices.Contains(x.Alternatives, named) {
			return invalid("alternative name", "%q is not among the alternatives", named)
		}
	}
	return nil
}

// checkDeclared refuses a declaration that does not fit the record r of its
// experiment, nil if the experiment is to be created.
func (e *Engine) checkDeclared(x *Experiment, r *store.Record) error {
	switch {
	case r == nil:
		return x.checkNames(e.config.ExperimentName)
	case !x.same(r):
		return fmt.Errorf("%w: %q has %q", ErrChanged, x.Name, r.Alternatives)
	default:
		return nil
	}
}

// same reports whether x declares the alternatives of r, in any order.
func (x *Experiment) same(r *store.Record) bool {
	if slices.Equal(x.Alternatives, r.Alternatives) {
		return true
	}
	missing := func(a string) bool { return !slices.Contains(r.Alternatives, a) }
	return len(x.Alternatives) == len(r.Alternatives) && !slices.ContainsFunc(x.Alternatives, missing)
}

// configure sets the weights that x does not declare from the configuration, if it has
// weights for x.
func (e *Engine) configure(x *Experiment) error {
	set, ok := e.config.Weights[x.Name]
	if !ok || x.Weights != nil {
		return nil
	}
	for _, a := range x.Alternatives {
		w, ok := set[a]
		if !ok {
			return invalid("weights", "the configuration has no weight for %q of %q", a, x.Name)
		}
		x.Weights = append(x.Weights, w)
	}
	if len(set) > len(x.Weights) {
		return invalid("weights", "the configuration has weights for alternatives that %q does not have: %v", x.Name, set)
	}
	return checkWeights(x.Weights, len(x.Weights))
}

// declare returns the record that x makes of r: a new one if r is nil, else r with
// what x changes, or nil if x changes nothing.
func (e *Engine) declare(r *store.Record, x *Experiment) *store.Record {
	if r == nil {
		return e.create(x)
	}
	weights := r.Weights
	if x.Weights != nil && e.config.Now().Sub(r.Epoch.Start) >= declaredEvery {
		weights = x.weightsFor(r)
	}
	traffic, algorithm := cmp.Or(x.Traffic, r.Traffic), cmp.Or(x.Algorithm, r.Algorithm)
	if traffic == r.Traffic && algorithm == r.Algorithm && slices.Equal(weights, r.Weights) && !e.outdated(r) {
		return nil
	}
	changed := r.Clone()
	changed.Traffic, changed.Weights, changed.Algorithm = traffic, weights, algorithm
	changed.Epoch = e.nextEpoch(r, &changed)
	return &changed
}

// create returns the record of a new experiment.
func (e *Engine) create(x *Experiment) *store.Record {
	now := e.config.Now()
	r := &store.Record{
		Name:         x.Name,
		Version:      1 + rand.Uint64N(1<<52), //nolint:gosec // has to differ, not to be secret
		Alternatives: slices.Clone(x.Alternatives),
		Salt:         x.Name,
		Created:      now,
		Traffic:      cmp.Or(x.Traffic, 1),
		Weights:      stored(x.Weights),
		Algorithm:    x.Algorithm,
		Plan:         x.Plan,
	}
	r.Epoch = store.Epoch{Number: 1, Start: now, Weights: e.firstShares(r)}
	return r
}

// weightsFor returns x's weights as shares in the order of r's alternatives, nil for
// equal ones.
func (x *Experiment) weightsFor(r *store.Record) []float64 {
	weights := make([]float64, len(r.Alternatives))
	for i, a := range r.Alternatives {
		weights[i] = x.Weights[slices.Index(x.Alternatives, a)]
	}
	return stored(weights)
}

// outdated reports whether r still has the shares of an algorithm that is no longer in
// effect, because the engine was configured with another one.
func (e *Engine) outdated(r *store.Record) bool {
	return !slices.Equal(r.WeightsInForce(), r.Epoch.Weights) && !learns(e.named(r)) &&
		!declaredShares(r).near(r.Shares()) && e.config.Now().Sub(r.Epoch.Start) >= declaredEvery
}

// nextEpoch returns the epoch of r, the successor of before: a new epoch if its present one
// has other shares than r. An algorithm that learns keeps what it learned, unless it begins
// with other shares than before.
func (e *Engine) nextEpoch(before, r *store.Record) store.Epoch {
	first, present := e.firstShares(r), r.Epoch.Weights
	if learns(e.named(r)) {
		present = e.firstShares(before)
	}
	if slices.Equal(first, present) {
		return r.Epoch
	}
	return store.Epoch{Number: r.Epoch.Number + 1, Start: e.config.Now(), Weights: first}
}

// firstShares returns the shares with which r begins, nil for equal ones.
func (e *Engine) firstShares(r *store.Record) []float64 {
	return weigh(e.algorithm(r), declaredArms(r))
}
