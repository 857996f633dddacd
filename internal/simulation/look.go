package simulation

import "github.com/sixpack-go/sixpack/stats"

// Look is what is to be seen after a visitor came. It is the run's: methods must
// not change or keep it.
type Look struct {
	Visitors int                // that came
	Arms     []stats.Proportion // control first
	Splits   []stats.Split      // one for each stretch of constant weights
	DayEnds  bool               // nobody comes any more on this day
	Ends     bool               // nobody comes any more

	// What tells cheaply that a method has nothing to say.
	pearson  []float64 // χ² of each challenger against control
	highest  float64   // of pearson
	pairs    []pair
	factor   float64 // of Bayes, of all splits, as stats.SampleRatio has it
	present  float64 // participants since the weights changed
	shares   []float64
	changing bool // weights change, so that strata matter
}

// pair is control and a challenger, by stretches of constant weights.
type pair struct {
	strata []stats.Pair
	u, v   float64 // the sums of the test of Mantel and Haenszel
}

func newLook(alternatives int, changing bool) *Look {
	return &Look{
		Arms:     make([]stats.Proportion, alternatives),
		pearson:  make([]float64, alternatives-1),
		pairs:    make([]pair, alternatives-1),
		factor:   1,
		changing: changing,
	}
}

// begin begins a stretch of constant weights.
func (l *Look) begin(weights []float64) {
	l.Splits = append(l.Splits, stats.Split{Participants: make([]int64, len(weights)), Weights: weights})
	l.present = 0
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	l.shares = make([]float64, len(weights))
	for i, w := range weights {
		l.shares[i] = w / sum
	}
	for i := range l.pairs {
		p := &l.pairs[i]
		p.u, p.v = 0, 0
		for _, x := range p.strata {
			p.add(x, 1) // anew, so that rounding errors do not gather
		}
		p.strata = append(p.strata, stats.Pair{})
	}
}

// stretch returns the number of the present one.
func (l *Look) stretch() int { return len(l.Splits) - 1 }

// arrive counts a participant.
func (l *Look) arrive(alternative int) {
	split := l.Splits[l.stretch()].Participants
	share := l.shares[alternative]
	// The factor is the product of how likely each participant was, once by what
	// came before it and once by the weights.
	l.factor *= (stats.Concentration*share + float64(split[alternative])) / ((stats.Concentration + l.present) * share)
	split[alternative]++
	l.present++
	l.Visitors++
	l.count(alternative, l.stretch(), stats.Proportion{Participants: 1})
}

// convert counts that a participant converted who came during a stretch.
func (l *Look) convert(alternative, stretch int) {
	l.count(alternative, stretch, stats.Proportion{Converted: 1})
}

func (l *Look) count(alternative, stretch int, more stats.Proportion) {
	plus(&l.Arms[alternative], more)
	if !l.changing {
		return
	}
	if alternative > 0 {
		l.pairs[alternative-1].count(stretch, func(x *stats.Pair) { plus(&x.Challenger, more) })
		return
	}
	for i := range l.pairs {
		l.pairs[i].count(stretch, func(x *stats.Pair) { plus(&x.Control, more) })
	}
}

func plus(c *stats.Proportion, more stats.Proportion) {
	c.Participants += more.Participants
	c.Converted += more.Converted
}

func (p *pair) count(stretch int, change func(*stats.Pair)) {
	x := &p.strata[stretch]
	p.add(*x, -1)
	change(x)
	p.add(*x, 1)
}

// add adds a stratum to the sums, or takes it away.
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

// compare prepares a look.
func (l *Look) compare() {
	l.highest = 0
	nA, sA := float64(l.Arms[0].Participants), float64(l.Arms[0].Converted)
	for i, c := range l.Arms[1:] {
		nB, sB := float64(c.Participants), float64(c.Converted)
		n, s := nA+nB, sA+sB
		l.pearson[i] = 0
		if below := nA * nB * s * (n - s); below > 0 {
			d := sB*nA - sA*nB
			l.pearson[i] = n * d * d / below
			l.highest = max(l.highest, l.pearson[i])
		}
	}
}
