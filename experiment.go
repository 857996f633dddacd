package sixpack

import (
	"cmp"
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

// Experiment is a test as the calling code declares it. The first call that
// takes part in it creates it; from then on its alternatives are fixed.
type Experiment struct {
	// Name is 1 to 255 letters, digits, spaces, '_' and '-', the first a letter
	// or digit, unless [Config.ExperimentName] says otherwise.
	Name string
	// Alternatives are two or more different names, formed like Name. The first
	// is the control. Another order is the same experiment: the remembered order
	// rules.
	Alternatives []string
	// Weights, one for each alternative, not negative, of any scale, set what
	// share of new participants each gets. Nil leaves the remembered ones alone,
	// which are equal at first. A change takes effect for new participants
	// within a minute. An algorithm that learns begins with these, and begins
	// with them again when they change; what has the weight 0 stays without
	// participants.
	Weights []float64
	// Traffic is the fraction of clients that take part, in (0,1]; the others
	// get the control and are not counted. 0 leaves the remembered one alone,
	// which is 1 at first. Raising it lets more clients in and moves no one.
	Traffic float64
	// Algorithm names the [Algorithm] that sets the shares. Empty leaves the
	// remembered one alone, which is that of the engine at first.
	Algorithm string
	// Plan says what is to be found out, when the call creates the experiment;
	// later ones leave the remembered plan alone, which [Engine.SetPlan] changes.
	Plan store.Plan
}

const (
	maxName         = 255 // bytes
	maxClient       = 512 // bytes
	maxAlternatives = 256

	// declaredEvery is the least time between changes of the weights that
	// callers declare: while two releases of a program run side by side, each
	// call would else begin a new epoch.
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

// checkKPI refuses a bad name of a KPI. The default one's is empty.
func checkKPI(name string) error {
	if name == "" {
		return nil
	}
	return checkName("kpi name", name, kpiForm)
}

func validClient(s string) bool {
	return len(s) <= maxClient && printable(s)
}

// printable tells whether s is UTF-8 without control characters.
func printable(s string) bool {
	for i := range len(s) {
		if b := s[i]; b < ' ' || b > '~' {
			return utf8.ValidString(s) && !strings.ContainsFunc(s, unicode.IsControl)
		}
	}
	return true
}

// check finds what is wrong with a declaration whatever is remembered.
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
	if x.Weights != nil {
		if err := checkWeights(x.Weights, len(x.Alternatives)); err != nil {
			return err
		}
	}
	return checkPlan(x.Plan)
}

// checkNames finds what is wrong with the names of a new experiment. Those of
// a remembered one have been accepted before, perhaps under other rules.
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

func checkWeights(weights []float64, n int) error {
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

// create returns the record of a new experiment.
func (e *Engine) create(x *Experiment) *store.Record {
	now := e.config.Now()
	r := &store.Record{
		Name:         x.Name,
		Version:      1 + rand.Uint64N(1<<52), //nolint:gosec // only has to be another one
		Alternatives: slices.Clone(x.Alternatives),
		Salt:         x.Name,
		Created:      now,
		Traffic:      cmp.Or(x.Traffic, 1),
		Weights:      shares(x.Weights),
		Algorithm:    x.Algorithm,
		Plan:         x.Plan,
	}
	r.Epoch = store.Epoch{Number: 1, Start: now, Weights: e.shares(r)}
	return r
}

// same tells whether x declares the alternatives of r, in any order.
func (x *Experiment) same(r *store.Record) bool {
	if slices.Equal(x.Alternatives, r.Alternatives) {
		return true
	}
	missing := func(a string) bool { return !slices.Contains(r.Alternatives, a) }
	return len(x.Alternatives) == len(r.Alternatives) && !slices.ContainsFunc(x.Alternatives, missing)
}

// declare returns r as changed by what x declares, nil if nothing changes.
func (e *Engine) declare(r *store.Record, x *Experiment) *store.Record {
	weights := r.Weights
	if x.Weights != nil && e.config.Now().Sub(r.Epoch.Start) >= declaredEvery {
		weights = x.weightsFor(r)
	}
	traffic, algorithm := cmp.Or(x.Traffic, r.Traffic), cmp.Or(x.Algorithm, r.Algorithm)
	if traffic == r.Traffic && algorithm == r.Algorithm && slices.Equal(weights, r.Weights) && !e.strays(r) {
		return nil
	}
	changed := r.Clone()
	changed.Traffic, changed.Weights, changed.Algorithm = traffic, weights, algorithm
	e.reweigh(r, &changed)
	return &changed
}

// strays tells whether r still has the shares of an algorithm that is no longer in
// force: the engine was given another one.
func (e *Engine) strays(r *store.Record) bool {
	const near = 1e-9
	set, n := r.WeightsInForce(), len(r.Alternatives)
	if slices.Equal(set, r.Epoch.Weights) || learns(e.named(r)) {
		return false
	}
	for i := range n {
		if math.Abs(shareOf(set, i, n)-shareOf(r.Epoch.Weights, i, n)) > near {
			return e.config.Now().Sub(r.Epoch.Start) >= declaredEvery
		}
	}
	return false
}

// shareOf returns one of n shares, nil for equal ones.
func shareOf(shares []float64, i, n int) float64 {
	if shares == nil {
		return 1 / float64(n)
	}
	return shares[i]
}

// weightsFor returns x's weights as shares in the order of r's alternatives.
func (x *Experiment) weightsFor(r *store.Record) []float64 {
	weights := make([]float64, len(r.Alternatives))
	for i, a := range r.Alternatives {
		weights[i] = x.Weights[slices.Index(x.Alternatives, a)]
	}
	return shares(weights)
}

// reweigh begins a new epoch if the expected shares of r are no longer those
// of the present one. With an algorithm that learns they need not be: it keeps
// what it learned, unless r begins with other shares than before.
func (e *Engine) reweigh(before, r *store.Record) {
	shares, present := e.shares(r), r.Epoch.Weights
	if learns(e.named(r)) {
		present = e.shares(before)
	}
	if !slices.Equal(shares, present) {
		r.Epoch = store.Epoch{Number: r.Epoch.Number + 1, Start: e.config.Now(), Weights: shares}
	}
}

// shares returns the shares with which r begins, nil for equal ones.
func (e *Engine) shares(r *store.Record) []float64 {
	return weigh(e.algorithm(r), declaredArms(r))
}

// declaredArms returns the alternatives of r with the shares that were set.
func declaredArms(r *store.Record) []Arm {
	arms := make([]Arm, len(r.Alternatives))
	for i := range arms {
		arms[i].Weight = shareOf(r.WeightsInForce(), i, len(arms))
	}
	return arms
}

// algorithm returns the algorithm in force for r. One that this engine does
// not know, perhaps another's, leaves the shares as declared.
func (e *Engine) algorithm(r *store.Record) Algorithm {
	if a := e.named(r); a != nil {
		return a
	}
	return Hash{}
}

// named returns the algorithm in force for r, nil for one that is not known.
func (e *Engine) named(r *store.Record) Algorithm {
	return e.config.algorithm(e.algorithmName(r))
}

// algorithmName returns the name of the algorithm in force for r.
func (e *Engine) algorithmName(r *store.Record) string {
	return cmp.Or(r.AlgorithmInForce(), e.config.Algorithm)
}
