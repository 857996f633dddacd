package simulation

import "github.com/sixpack-go/sixpack/stats"

// A Look is the state of a test after a visitor. It belongs to the run: methods must not
// change or keep it.
type Look struct {
	Visitors int                // so far
	Arms     []stats.Proportion // control first
	Splits   []stats.Split      // one for each stratum: a time of constant weights
	DayEnds  bool               // this was the last visitor of the day
	Ends     bool               // this was the last visitor

	// Cheap statistics by which methods skip looks at which they cannot decide.
	pearson  []float64 // χ² of each challenger against control
	highest  float64   // of pearson
	pairs    []pair
	factor   float64 // Bayes factor of all splits, as in stats.CheckSampleRatio
	present  float64 // participants in the current stratum
	shares   []float64
	changing bool // weights change, so that strata matter
}

// A pair is the control and a challenger, by stratum.
type pair struct {
	strata []stats.Pair
	u, v   float64 // sums of the Mantel–Haenszel test
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

// begin begins a stratum.
func (l *Look) begin(weights []float64) {
	l.Splits = append(l.Splits, stats.Split{Participants: make([]int64, len(weights)), Weights: weights})
	l.present = 0
	l.shares = stats.Shares(weights)
	for i := range l.pairs {
		p := &l.pairs[i]
		p.u, p.v = 0, 0
		for _, x := range p.strata {
			p.add(x, 1) // summed up again, so that rounding errors do not accumulate
		}
		p.strata = append(p.strata, stats.Pair{})
	}
}

// stratum returns the index of the current stratum.
func (l *Look) stratum() int { return len(l.Splits) - 1 }

// arrive counts a participant.
func (l *Look) arrive(alternative int) {
	split := l.Splits[l.stratum()].Participants
	share := l.shares[alternative]
	// The factor is the product of the ratios of the probabilities of each participant: given
	// those before, and given the weights.
	l.factor *= (stats.Concentration*share + float64(split[alternative])) / ((stats.Concentration + l.present) * share)
	split[alternative]++
	l.present++
	l.Visitors++
	l.count(alternative, l.stratum(), stats.Proportion{Participants: 1})
}

// convert counts a conversion of a participant who came in a stratum.
func (l *Look) convert(alternative, stratum int) {
	l.count(alternative, stratum, stats.Proportion{Converted: 1})
}

func (l *Look) count(alternative, stratum int, more stats.Proportion) {
	plus(&l.Arms[alternative], more)
	if !l.changing {
		return
	}
	if alternative > 0 {
		l.pairs[alternative-1].count(stratum, func(x *stats.Pair) { plus(&x.Challenger, more) })
		return
	}
	for i := range l.pairs {
		l.pairs[i].count(stratum, func(x *stats.Pair) { plus(&x.Control, more) })
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

// compare computes the statistics of the current counts.
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
