package sampledata

import (
	"math"
	"math/rand/v2"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// An experiment is a sample experiment with its true rates.
type experiment struct {
	sixpack.Experiment

	description string
	goals       []goal // the primary one first
	state       state  // at the end; empty: running
}

// adaptive reports whether the shares depend on earlier visitors, so that visitors
// are simulated in order, each at its own time.
func (x experiment) adaptive() bool { return x.Algorithm != "" }

// A goal is a KPI for which visitors may convert.
type goal struct {
	kpi    string
	rates  []float64 // the chance to convert, by alternative
	price  float64   // the typical value of a conversion; 0: conversions have no value
	repeat float64   // the chance to convert once more
}

// A state is the final state of an experiment.
type state string

const (
	running  state = "running"
	won      state = "winner"
	paused   state = "paused"
	archived state = "archived"
)

var experiments = []experiment{
	{
		Experiment: sixpack.Experiment{
			Name: "signup-button", Alternatives: []string{"Sign up", "Start free trial", "Join us"},
		},
		description: "Which label makes visitors sign up? *Start free trial* is really better, by 50%.",
		goals:       []goal{{rates: []float64{0.10, 0.15, 0.10}}},
	},
	{
		Experiment: sixpack.Experiment{
			Name: "checkout-steps", Alternatives: []string{"three", "one"}, Plan: store.Plan{KPI: "purchase"},
		},
		description: "One page instead of three: more people buy, and they buy as much as before.",
		goals: []goal{
			{kpi: "purchase", rates: []float64{0.08, 0.11}, price: 42, repeat: 0.15},
			{kpi: "newsletter", rates: []float64{0.05, 0.05}},
		},
	},
	{
		Experiment: sixpack.Experiment{
			Name: "hero-image", Alternatives: []string{"mountains", "people", "product", "none"},
		},
		description: "There is **no** real difference here. See how large the measured differences are nevertheless.",
		goals: []goal{
			{rates: []float64{0.12, 0.12, 0.12, 0.12}},
			{kpi: "video-played", rates: []float64{0.30, 0.30, 0.30, 0.30}},
		},
	},
	{
		Experiment: sixpack.Experiment{
			Name: "price-test", Alternatives: []string{"19", "24"}, Traffic: 0.4,
		},
		description: "Only 40% of the visitors take part. The higher price sells less often and earns more.",
		goals:       []goal{{kpi: "purchase", rates: []float64{0.09, 0.08}, price: 24}},
	},
	{
		Experiment: sixpack.Experiment{
			Name: "newsletter-teaser", Alternatives: []string{"long", "short", "picture"}, Algorithm: "thompson",
		},
		description: "A bandit: it sends more and more visitors to the best alternative, which is *picture*.",
		goals:       []goal{{kpi: "signup", rates: []float64{0.08, 0.11, 0.20}}},
	},
	{
		Experiment:  sixpack.Experiment{Name: "search-ranking", Alternatives: []string{"newest", "relevance"}},
		description: "Decided: everyone gets *relevance*.",
		goals:       []goal{{kpi: "click", rates: []float64{0.35, 0.45}, repeat: 0.5}},
		state:       won,
	},
	{
		Experiment:  sixpack.Experiment{Name: "onboarding-tour", Alternatives: []string{"off", "on"}},
		description: "Paused until the tour works on phones.",
		goals:       []goal{{rates: []float64{0.20, 0.19}}},
		state:       paused,
	},
	{
		Experiment:  sixpack.Experiment{Name: "footer-links", Alternatives: []string{"many", "few"}},
		description: "Archived: it made no difference.",
		goals:       []goal{{rates: []float64{0.03, 0.03}}},
		state:       archived,
	},
}

// value draws the value of a conversion: most are near the price, a few far above it.
func (g goal) value(dice *rand.Rand) float64 {
	const spread = 0.5
	return math.Round(100*g.price*math.Exp(spread*dice.NormFloat64()-spread*spread/2)) / 100
}
