package docs_test

import (
	"fmt"
	"math"

	"github.com/sixpack-go/sixpack/stats"
)

// Here the formulas of the second part are worked out as they stand there, and
// compared with package stats.

// same compares what a formula says with what a function says.
func (c *claims) same(what string, formula, function float64) {
	c.t.Helper()
	if !(math.Abs(formula-function) <= 1e-6*math.Abs(function)+1e-12) {
		c.t.Errorf("%s is %v by its formula and %v by stats", what, formula, function)
	}
}

// deviation returns D(s,n) of a common rate.
func deviation(c stats.Proportion, common float64) float64 {
	s, n := float64(c.Converted), float64(c.Participants)
	return s*math.Log(s/n/common) + (n-s)*math.Log((1-s/n)/(1-common))
}

func evidence(c *claims) {
	n := red.Participants + blue.Participants
	common := float64(red.Converted+blue.Converted) / float64(n)
	result, e := stats.AlwaysValid(red, blue, 0.05)
	c.addf("p̂ = (%d + %d) / %s = %.5f", red.Converted, blue.Converted, count(n), common)
	a, b := deviation(red, common), deviation(blue, common)
	c.addf("D(%d, %s) = %.2f, D(%d, %s) = %.2f", red.Converted, count(red.Participants), a, blue.Converted, count(blue.Participants), b)
	c.addf("G = 2·(D(%d, %s) + D(%d, %s)) = %.2f", red.Converted, count(red.Participants), blue.Converted, count(blue.Participants), result.G)
	c.same("G", 2*(a+b), result.G)

	h := 2 * common * (1 - common) * float64(red.Participants) * float64(blue.Participants) / float64(n)
	c.addf("h = 2·p̂·(1-p̂)·%s·%s / %s = %.1f", count(red.Participants), count(blue.Participants), count(n), e.H)
	c.same("h", h, e.H)
	var terms [3]float64
	for i, scale := range []float64{1, 30, 1000} {
		x := h / scale
		terms[i] = math.Pow(1+x, -0.5) * math.Exp(result.G/2*x/(1+x)) / 3
	}
	sum := terms[0] + terms[1] + terms[2]
	c.addf("h/1000 = %.1f, %.2f, %.3f", h, h/30, h/1000)
	c.addf("· x/(1+x)) = %.1f + %.1f + %.1f = %.1f", terms[0], terms[1], terms[2], sum)
	c.same("E", sum, math.Exp(e.LogE))
	c.addf("p = min(1, 1/E) = %.4f", result.P)
	c.addf("c, the G at which E is 1/0.05: %.2f, √c = %.2f", result.Threshold, math.Sqrt(result.Threshold))

	heads, roots, widths := "| h |", "| √c |", "| times as wide as one look's |"
	for _, h := range []float64{10, 100, 1000, 10000, 100000, 1000000} {
		root := math.Sqrt(stats.Threshold(h, 0.05))
		heads += " " + count(h) + " |"
		roots += fmt.Sprintf(" %.2f |", root)
		widths += fmt.Sprintf(" %.2f |", root/1.959964)
	}
	c.addf("%s", heads)
	c.addf("%s", roots)
	c.addf("%s", widths)
}

func intervals(c *claims) {
	r, _ := stats.AlwaysValid(red, blue, 0.05)
	c.addf("lift %d/%s / (%d/%s) - 1 = %.4f, from %.4f to %.4f", blue.Converted, count(blue.Participants), red.Converted, count(red.Participants),
		r.Lift, r.LiftIn.Lo, r.LiftIn.Hi)
	c.addf("difference %d/%s - %d/%s = %.5f, from %.5f to %.5f", blue.Converted, count(blue.Participants), red.Converted, count(red.Participants),
		r.Difference, r.DifferenceIn.Lo, r.DifferenceIn.Hi)

	once, first := stats.Fixed(red, blue, 0.95), stats.Fixed(red7, blue7, 0.95)
	c.addf("G needs to be only 1.96² = %.2f", once.Threshold)
	c.addf("p = erfc(√(G/2)) = %.6f, lift from %.4f to %.4f", once.P, once.LiftIn.Lo, once.LiftIn.Hi)
	c.addf("after 7 days: G = %.2f, p = %.3f", first.G, first.P)
	c.same("p of one look", math.Erfc(math.Sqrt(once.G/2)), once.P)

	for name, counts := range map[string]stats.Proportion{"red": red, "blue": blue} {
		i := stats.Wilson(counts, 0.95)
		p, n, z := counts.Rate(), float64(counts.Participants), 1.9599639845
		centre := (p + z*z/(2*n)) / (1 + z*z/n)
		half := z * math.Sqrt(p*(1-p)/n+z*z/(4*n*n)) / (1 + z*z/n)
		c.same("the interval of "+name, centre-half, i.Lo)
		c.same("the interval of "+name, centre+half, i.Hi)
		c.addf("%s %.4f ± %.4f: %.4f to %.4f", name, centre, half, i.Lo, i.Hi)
	}
}

func chances(c *claims) {
	for name, counts := range map[string]stats.Proportion{"red": red, "blue": blue} {
		mean, _ := stats.Posterior(counts, stats.Uniform, 0.95)
		a, b := counts.Converted+1, counts.Participants-counts.Converted+1
		c.addf("%s Beta(%s, %s), mean %.5f", name, count(a), count(b), mean)
		c.same("the mean of "+name, float64(a)/float64(a+b), mean)
	}
	best, losses := stats.Best([]stats.Proportion{red, blue}, stats.Uniform)
	c.addf("∫ f_i · Π F_j: red %.6f, blue %.6f", best[0], best[1])
	c.addf("∫ F_i · (1 - Π F_j): red %.4f, blue %.9f", losses[0], losses[1])
	l := stats.CredibleLift(red, blue, stats.Uniform, 0.95)
	c.addf("lift with a probability of 95 %%: %.3f to %.3f, median %.3f", l.Lo, l.Hi, l.Median)
}

func ratios(c *claims) {
	lnGamma := func(x float64) float64 { y, _ := math.Lgamma(x); return y }
	check := func(a, b int64) stats.Ratio {
		r := stats.SampleRatio([]stats.Split{{Participants: []int64{a, b}, Weights: []float64{1, 1}}}, stats.Concentration)
		n, m := float64(a), float64(b)
		factor := lnGamma(1000) - lnGamma(1000+n+m)
		for _, x := range []float64{n, m} {
			factor += lnGamma(500+x) - lnGamma(500) - x*math.Log(0.5)
		}
		c.same("the Bayes factor", factor, r.LogBayesFactor)
		return r
	}
	good, bad := check(red.Participants, blue.Participants), check(12400, 11600)
	c.addf("ln BF = lnΓ(C) - lnΓ(C+N) + Σ (lnΓ(C·w+n) - lnΓ(C·w) - n·ln w) 12,060 and 11,940: ln BF = %.2f, p = %.0f", good.LogBayesFactor, good.P)
	c.addf("12,400 and 11,600: ln BF = %.2f, p = %.6f; χ² = %.1f", bad.LogBayesFactor, bad.P, bad.ChiSquared)
}

func holm(c *claims) {
	b, _ := stats.AlwaysValid(red, blue, 0.05)
	g, _ := stats.AlwaysValid(red, green, 0.05)
	adjusted, step := stats.Holm([]float64{b.P, g.P}, 0.05)
	c.addf("With green, %s:", of(green))
	c.addf("blue p = %.4f, times 2: %.4f; interval at 1 - 0.05/2 = %.1f %%", b.P, adjusted[0], 100*(1-step[0]))
	c.addf("green p = %.2f, times 1: %.2f; interval at 1 - 0.05/1 = %.0f %%", g.P, adjusted[1], 100*(1-step[1]))
}

func mantelHaenszel(c *claims) {
	var u, v, h, up, down float64
	for _, x := range sale {
		a, n := float64(x.Control.Converted), float64(x.Control.Participants)
		b, m := float64(x.Challenger.Converted), float64(x.Challenger.Participants)
		all, s := n+m, a+b
		u += b - m*s/all
		v += n * m * s / all * (1 - s/all) / (all - 1)
		h += 2 * s / all * (1 - s/all) * n * m / all
		up += b * n / all
		down += a * m / all
	}
	r, e := stats.Stratified(sale, 0.05)
	c.same("U²/V", u*u/v, r.G)
	c.same("h", h, e.H)
	c.same("the lift", up/down-1, r.Lift)
	c.addf("U = Σ (b - m·s/N) = %.2f, V = Σ n·m·s/N·(1-s/N) / (N-1) = %.2f", u, v)
	c.addf("h = Σ 2·s/N·(1-s/N)·n·m/N = %.2f", e.H)
	c.addf("R = Σ(b·n/N) / Σ(a·m/N) = %.0f / %.0f = %.0f, a lift of %.0f, from %.3f to %.3f", up, down, up/down, r.Lift, r.LiftIn.Lo, r.LiftIn.Hi)
	pooled, _ := stats.AlwaysValid(first(together(sale)), second(together(sale)), 0.05)
	c.addf("all together: lift %.3f, p = %.10f", pooled.Lift, pooled.P)
}

func first(a, _ stats.Proportion) stats.Proportion  { return a }
func second(_, b stats.Proportion) stats.Proportion { return b }

func means(c *claims) {
	r, e := stats.MeansAlwaysValid(redPaid, bluePaid, 0.05)
	n, m := float64(red.Participants), float64(blue.Participants)
	pooled := ((n-1)*redPaid.Variance() + (m-1)*bluePaid.Variance()) / (n + m - 2)
	u := max(redPaid.Variance(), pooled)/n + max(bluePaid.Variance(), pooled)/m
	d := bluePaid.Mean() - redPaid.Mean()
	c.same("z²", d*d/u, r.G)
	c.same("h", 2*float64(redPaid.NonZero+bluePaid.NonZero)*n*m/((n+m)*(n+m)), e.H)
	c.addf("m = %s/%s = %.3f, %s/%s = %.3f; standard deviations %.2f, %.2f", count(redPaid.Sum), count(redPaid.Participants), redPaid.Mean(),
		count(bluePaid.Sum), count(bluePaid.Participants), bluePaid.Mean(), math.Sqrt(redPaid.Variance()), math.Sqrt(bluePaid.Variance()))
	c.addf("z² = (%.3f - %.3f)² / (u + u) = %.2f, h = 2·(%d + %d)·%s·%s / %s² = %.1f", bluePaid.Mean(), redPaid.Mean(), r.G,
		redPaid.NonZero, bluePaid.NonZero, count(n), count(m), count(n+m), e.H)
	c.addf("%d and %d are the participants with a value.", redPaid.NonZero, bluePaid.NonZero)
	c.addf("p = %.3f with z² in G's place, c = %.2f", r.P, r.Threshold)
	c.addf("difference %.3f ± √c·%.4f: %.3f to %.3f", r.Difference, r.StandardErr, r.DifferenceIn.Lo, r.DifferenceIn.Hi)
	c.addf("lift %.4f, from %.4f to %.4f one look", r.Lift, r.LiftIn.Lo, r.LiftIn.Hi)
	once, t, df := stats.Welch(redPaid, bluePaid, 0.95)
	c.addf("one look: t = %.2f with %s degrees of freedom, p = %.4f", t, count(math.Round(df)), once.P)
	c.addf("orders of %d ± %d euros for red and %d ± %[2]d for blue", 40, 30, 39)
}

func sizes(c *claims) {
	p := stats.Design{Baseline: 0.05, Wanted: 0.06, Alpha: 0.05, Power: 0.8, Ratio: 1}
	once, anyTime := stats.SampleSize(p), stats.SampleSizeAlwaysValid(p)
	const z, power, mean = 1.9599639845, 0.8416212336, 0.055
	variance := 0.05*0.95 + 0.06*0.94
	c.same("the size", math.Pow(z*math.Sqrt(2*mean*(1-mean))+power*math.Sqrt(variance), 2)/(0.01*0.01), once)
	h := 2 * mean * (1 - mean) * anyTime / 2
	c.same("what is found at any time", 0.01/math.Sqrt(variance/anyTime), math.Sqrt(stats.Threshold(h, 0.05))+power)
	c.addf("p̄ = %.1f %% the mean of both rates", 100*mean)
	c.addf("one look = (1.96·√(2·p̄·(1-p̄)) + 0.84·√(0.05·0.95 + 0.06·0.94))² / 0.01² = %s", count(once))
	c.addf("any time = the smallest n with 0.01 / √((0.05·0.95 + 0.06·0.94)/n) ≥ √c + 0.84 = %s", count(anyTime))
	c.addf("%s / %s = %.2f", count(anyTime), count(once), anyTime/once)
	value := stats.SampleSizeMean(p, math.Sqrt(redPaid.Variance()), 0.4)
	c.same("the size for means", 2*math.Pow(z+power, 2)*redPaid.Variance()/(0.4*0.4), value)
	c.addf("mean value: 2·(1.96 + 0.84)²·%.2f² / 0.40² = %s", math.Sqrt(redPaid.Variance()), count(value))
	c.addf("to find 0.40 euros where values have a standard deviation of %.2f.", math.Sqrt(redPaid.Variance()))
}
