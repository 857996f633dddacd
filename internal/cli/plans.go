package cli

import (
	"math"
	"math/rand/v2"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
)

// plan is an experiment to make up, with the truth that it should find out.
type plan struct {
	sixpack.Experiment

	description string
	goals       []goal // the one first by which it is judged
	end         ending
}

// learns tells whether what a visitor gets depends on those before him: they have to
// come one after the other, in the past.
func (p plan) learns() bool { return p.Algorithm != "" }

// goal is what visitors may do.
type goal struct {
	kpi   string
	rates []float64 // the chance of each alternative's participants
	price float64   // what a conversion is worth, roughly; 0: nothing
	again float64   // the chance to do it once more
}

// ending is what an operator has done to an experiment.
type ending string

const (
	running  ending = ""
	won      ending = "winner"
	paused   ending = "paused"
	archived ending = "archived"
)

// plans are all experiments to make up.
var plans = []plan{
	{
		Experiment: sixpack.Experiment{
			Name: "signup-button", Alternatives: []string{"Sign up", "Start free trial", "Join us"},
		},
		description: "Which words make visitors sign up? *Start free trial* is really better, by a half.",
		goals:       []goal{{rates: []float64{0.10, 0.15, 0.10}}},
	},
	{
		Experiment: sixpack.Experiment{
			Name: "checkout-steps", Alternatives: []string{"three", "one"}, Plan: store.Plan{KPI: "purchase"},
		},
		description: "One page instead of three: more people buy, and they buy as much as before.",
		goals: []goal{
			{kpi: "purchase", rates: []float64{0.08, 0.11}, price: 42, again: 0.15},
			{kpi: "newsletter", rates: []float64{0.05, 0.05}},
		},
	},
	{
		Experiment: sixpack.Experiment{
			Name: "hero-image", Alternatives: []string{"mountains", "people", "product", "none"},
		},
		description: "There is **no** difference here. Look how large the differences are all the same.",
		goals: []goal{
			{rates: []float64{0.12, 0.12, 0.12, 0.12}},
			{kpi: "video-played", rates: []float64{0.30, 0.30, 0.30, 0.30}},
		},
	},
	{
		Experiment: sixpack.Experiment{
			Name: "price-test", Alternatives: []string{"19", "24"}, Traffic: 0.4,
		},
		description: "Only 40 % of the visitors take part. The higher price sells less often, and earns more.",
		goals:       []goal{{kpi: "purchase", rates: []float64{0.09, 0.08}, price: 24}},
	},
	{
		Experiment: sixpack.Experiment{
			Name: "newsletter-teaser", Alternatives: []string{"long", "short", "picture"}, Algorithm: "thompson",
		},
		description: "A bandit: it sends more and more visitors to what works, which is *picture*.",
		goals:       []goal{{kpi: "signup", rates: []float64{0.08, 0.11, 0.20}}},
	},
	{
		Experiment:  sixpack.Experiment{Name: "search-ranking", Alternatives: []string{"newest", "relevance"}},
		description: "Decided: everyone gets *relevance*.",
		goals:       []goal{{kpi: "click", rates: []float64{0.35, 0.45}, again: 0.5}},
		end:         won,
	},
	{
		Experiment:  sixpack.Experiment{Name: "onboarding-tour", Alternatives: []string{"off", "on"}},
		description: "Paused until the tour works on phones.",
		goals:       []goal{{rates: []float64{0.20, 0.19}}},
		end:         paused,
	},
	{
		Experiment:  sixpack.Experiment{Name: "footer-links", Alternatives: []string{"many", "few"}},
		description: "Archived: it made no difference.",
		goals:       []goal{{rates: []float64{0.03, 0.03}}},
		end:         archived,
	},
}

// amount draws what one conversion is worth: most are near the price, a few
// far above it.
func (g goal) amount(dice *rand.Rand) float64 {
	const spread = 0.5
	return math.Round(100*g.price*math.Exp(spread*dice.NormFloat64()-spread*spread/2)) / 100
}
