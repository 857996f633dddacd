package simulation

import (
	"context"
	"math"
	"math/rand/v2"

	"github.com/sixpack-go/sixpack/stats"
)

// A Change sets weights from a time on.
type Change struct {
	Day     float64
	Weights []float64
}

// A Rule turns the counts of the alternatives into weights, as a bandit does.
type Rule func(arms []stats.Proportion) []float64

// A Draw is a Path that draws alternatives. Its weights can change.
type Draw struct {
	Changes []Change // in the order of time
	// Rule, if not nil, sets new weights after every Every visitors.
	Rule  Rule
	Every int

	dice    *rand.Rand
	shares  []float64
	arms    []stats.Proportion
	pairs   []pair
	visits  []drawn // by visitor
	stratum int     // the number of changes so far
}

// drawn is what a visitor got, and when.
type drawn struct{ alternative, stratum int }

// A pair is the control and a challenger, by stratum: a time of constant weights.
type pair struct {
	strata []stats.Pair
	u, v   float64 // sums of the Mantel–Haenszel test
}

// Open returns a function for [Scenario.Open].
func (d Draw) Open(weights []float64, dice *rand.Rand) Path {
	d.dice, d.shares, d.arms = dice, stats.Shares(weights), make([]stats.Proportion, len(weights))
	d.pairs = make([]pair, len(weights)-1)
	for i := range d.pairs {
		d.pairs[i].strata = make([]stats.Pair, 1)
	}
	return &d
}

// Participate implements [Path].
func (d *Draw) Participate(_ context.Context, v Visit) (int, error) {
	for len(d.Changes) > 0 && v.Day >= d.Changes[0].Day {
		d.reweigh(d.Changes[0].Weights)
		d.Changes = d.Changes[1:]
	}
	if d.Rule != nil && v.Visitor > 0 && v.Visitor%d.Every == 0 {
		d.reweigh(d.Rule(d.arms))
	}
	who := drawn{d.pick(), d.stratum}
	d.visits = append(d.visits, who)
	d.count(who, stats.Proportion{Participants: 1})
	return who.alternative, nil
}

// Convert implements [Path].
func (d *Draw) Convert(_ context.Context, v Visit) error {
	d.count(d.visits[v.Visitor], stats.Proportion{Converted: 1})
	return nil
}

// Counts implements [Path].
func (d *Draw) Counts(context.Context) ([]stats.Proportion, error) { return d.arms, nil }

func (d *Draw) pick() int {
	x := d.dice.Float64()
	for i, s := range d.shares {
		if x < s {
			return i
		}
		x -= s
	}
	return len(d.shares) - 1 // x is within a rounding error of 1
}

// reweigh starts a stratum.
func (d *Draw) reweigh(weights []float64) {
	d.shares = stats.Shares(weights)
	d.stratum++
	for i := range d.pairs {
		p := &d.pairs[i]
		p.u, p.v = 0, 0
		for _, x := range p.strata {
			p.add(x, 1) // summed up again, so that rounding errors do not accumulate
		}
		p.strata = append(p.strata, stats.Pair{})
	}
}

func (d *Draw) count(who drawn, more stats.Proportion) {
	plus(&d.arms[who.alternative], more)
	switch {
	case d.Rule == nil && d.Changes == nil: // saves time where strata do not matter
	case who.alternative > 0:
		d.pairs[who.alternative-1].count(who.stratum, func(x *stats.Pair) { plus(&x.Challenger, more) })
	default:
		for i := range d.pairs {
			d.pairs[i].count(who.stratum, func(x *stats.Pair) { plus(&x.Control, more) })
		}
	}
}

func plus(c *stats.Proportion, more stats.Proportion) {
	c.Participants += more.Participants
	c.Converted += more.Converted
}

func (p *pair) count(stratum int, change func(*stats.Pair)) {
	x := &p.strata[stratum]
	p.add(*x, -1)
	change(x)
	p.add(*x, 1)
}

// add adds a stratum to the sums, or subtracts it.
func (p *pair) add(x stats.Pair, sign float64) {
	a, b := float64(x.Control.Participants), float64(x.Challenger.Participants)
	if a == 0 || b == 0 {
		return
	}
	n, sB := a+b, float64(x.Challenger.Converted)
	rate := (float64(x.Control.Converted) + sB) / n
	p.u += sign * (sB - b*rate)
	p.v += sign * a * b * rate * (1 - rate) / (n - 1)
}

// Stratified is [stats.Stratified] over the strata of a [Draw]. It is computed only where
// U²/V, which is its G, is at least 2·ln(1/alpha). It needs a Draw with a Rule or Changes.
func Stratified(alpha float64) Method {
	return anyChallenger("always-valid G, stratified", alpha, func(level float64) (float64, func(*Look, int) bool) {
		minG := slightlyLess(-2 * math.Log(level))
		return 0, func(l *Look, i int) bool {
			p := &l.path.(*Draw).pairs[i]
			if p.u*p.u <= minG*p.v || stats.StratifiedEvidence(p.strata).P() > level {
				return false
			}
			c, _ := stats.Stratified(p.strata, level)
			return c.P <= level
		}
	})
}

// Thompson returns the rule that gives each alternative its probability of being best, and
// splits a fraction of the visitors evenly.
func Thompson(even float64) Rule {
	return func(arms []stats.Proportion) []float64 {
		weights := chances(arms)
		for i := range weights {
			weights[i] = (1-even)*weights[i] + even/float64(len(arms))
		}
		return weights
	}
}

// chances returns the probabilities of being best, as [stats.Best] does.
func chances(arms []stats.Proportion) []float64 {
	if len(arms) == 2 {
		b := beats(arms[0], arms[1])
		return []float64{1 - b, b}
	}
	all, _ := stats.Best(arms, stats.Uniform)
	return all
}
