package stats

import "math"

// pair holds the counts of a [Pair] as floats: s of n converted, for the control A and the challenger B.
type pair struct{ sA, nA, sB, nB float64 }

func newPair(a, b Proportion) (p pair) {
	p.sA, p.nA = a.floats()
	p.sB, p.nB = b.floats()
	return p
}

// g returns the G statistic of "no difference".
func (p pair) g() float64 {
	s, n := p.sA+p.sB, p.nA+p.nB
	if s == 0 || s == n {
		return 0
	}
	return max(0, 2*(deviance(p.sA, p.nA, s/n)+deviance(p.sB, p.nB, s/n)))
}

// gDifference returns the G statistic of the difference d of the rates.
func (p pair) gDifference(d float64) float64 {
	if d == 0 {
		return p.g()
	}
	rate := p.likeliest(d)
	return max(0, 2*(deviance(p.sA, p.nA, rate)+deviance(p.sB, p.nB, min(1, max(0, rate+d)))))
}

// likeliest returns the most likely rate of the control if the challenger's rate is higher by d. The score falls with the rate
// and is 0 there. Newton's method finds the root, with a bisection whenever a step leaves the interval.
func (p pair) likeliest(d float64) float64 {
	from, to := max(0, -d), min(1, 1-d)
	lo, hi := from, to
	x := (p.sA + p.sB - d*p.nB) / (p.nA + p.nB)
	const maxSteps, near = 200, 1e-15
	for range maxSteps {
		if !(x > lo && x < hi) {
			x = lo + (hi-lo)/2
			if x == lo || x == hi {
				break
			}
		}
		score, slope := p.score(x, d)
		if score < 0 {
			hi = x
		} else {
			lo = x
		}
		last := x
		x -= score / slope
		if math.Abs(x-last) <= near*min(last-from, to-last) {
			break
		}
	}
	return min(max(x, from), to)
}

// score returns the first and the second derivative of the log likelihood with respect to the control's rate.
func (p pair) score(x, d float64) (score, slope float64) {
	add := func(count, rate, sign float64) {
		if count != 0 {
			score += sign * count / rate
			slope -= count / (rate * rate)
		}
	}
	add(p.sA, x, 1)
	add(p.nA-p.sA, 1-x, -1)
	add(p.sB, x+d, 1)
	add(p.nB-p.sB, 1-x-d, -1)
	return score, slope
}

// gRatio returns the G statistic of the ratio of the rates, challenger to control, given the ratio's logarithm. The most likely
// rate of the control is the root of a quadratic equation, written without cancellation if nearly all converted.
func (p pair) gRatio(log float64) float64 {
	if log == 0 {
		return p.g()
	}
	fA, fB := p.nA-p.sA, p.nB-p.sB
	ratio, lift := math.Exp(log), math.Expm1(log)
	b := p.nA + p.sB + ratio*(p.nB+p.sA)
	apart := fA - fB - lift*(p.nB+p.sA)
	rate := min(2*(p.sA+p.sB)/(b+math.Sqrt(apart*apart+4*ratio*fA*fB)), 1, 1/ratio)
	return max(0, 2*(deviance(p.sA, p.nA, rate)+deviance(p.sB, p.nB, min(1, ratio*rate))))
}

// difference returns the observed difference, and the interval of differences whose G statistic is below c.
func (p pair) difference(c float64) (d float64, i Interval) {
	if p.nA == 0 || p.nB == 0 {
		return math.NaN(), Interval{-1, 1}
	}
	d = p.sB/p.nB - p.sA/p.nA
	outside := func(x float64) bool { return p.gDifference(x) >= c }
	return d, interval(edge(d, -1, outside), edge(d, 1, outside))
}

// edge returns the last number between within and limit that is not outside.
func edge(within, limit float64, outside func(x float64) bool) float64 {
	const nearly = 1 - 1e-15
	if within == limit || !outside(limit*nearly) {
		return limit
	}
	last, _ := bisect(within, limit*nearly, outside)
	return last
}

// farthest is the logarithm of the largest ratio that is considered; its negative is the smallest.
const farthest = 300

// lift returns the observed lift, and the interval of lifts whose G statistic is below c.
func (p pair) lift(c float64) (lift float64, i Interval) {
	lift, i = math.NaN(), interval(-1, math.Inf(1))
	if p.sA > 0 && p.nB > 0 {
		lift = p.sB/p.nB/(p.sA/p.nA) - 1
	}
	if p.nA == 0 || p.nB == 0 || p.sA+p.sB == 0 || math.IsInf(c, 1) {
		return lift, i
	}
	outside := func(x float64) bool { return p.gRatio(x) >= c }
	within := math.Log(p.sB / p.nB / (p.sA / p.nA))
	if p.sB > 0 && outside(-farthest) {
		last, _ := bisect(min(within, farthest), -farthest, outside)
		i.Lo = Number(math.Expm1(last))
	}
	if p.sA > 0 && outside(farthest) {
		last, _ := bisect(max(within, -farthest), farthest, outside)
		i.Hi = Number(math.Expm1(last))
	}
	return lift, i
}
