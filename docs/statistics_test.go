package docs_test

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

func TestStatistics(t *testing.T) {
	d := open(t, "statistics.md")
	for _, part := range []func(document){theShop, verdicts, sentences, planning, otherTests, formulas, ratios, means, sizes} {
		part(d)
	}
	// Days, visitors, and the effect that the shop looks for; the weights of the sale.
	d.has("7, 14, 21, 33, 60; 8,000; 20%; 0.2; 90, 10, 50; 4; 1,000")
	// Definitions and defaults.
	d.has("0; 1; 2; 3; 0.05; 5%; 95; 100; 95%; 80%; 20; 0.001; 25; 1.96; 0.84; 1000; 30; 0.1; 10%; 5.5%; 6%")
	d.saysf(`"95%% Confidence", "99%% Confidence", "99.9%% Confidence"`)
	// sixpack aa and internal/simulation, with a look after every visitor.
	d.has("74%; 40,000; 2.6%; 25%; 52%; 1.17; 44%; 86, 90%; 1,000, 10,000; 1.7, 4.1%; 41, 65%; 98; 0.5%; 100,000; 50%; 1,000,000")
	for _, row := range []string{
		"5%, 50/50, 40,000 | 52.5% | 24.8% | 73.9% | 2.6%",
		"5%, 90/10, 40,000 | 48.6% | 24.6% | 69.1% | 2.0%",
		"5%, 98/2, 40,000 | 43.8% | 23.6% | 58.8% | 1.3%",
		"0.5%, 90/10, 100,000 | 39.0% | 24.2% | 54.6% | 1.1%",
		"50%, 50/50, 10,000 | 58.4% | 25.5% | 81.1% | 2.7%",
		"5%, the rate drifts by ±80% | 54.1% | 24.6% | 76.1% | 2.5%",
		"5%, conversions come late | 53.6% | 28.1% | 74.4% | 2.8%",
		"5%, 50/50, 1,000,000 | 68.3% | 24.5% | 87.7% | 4.1%",
	} {
		d.saysf("| %s |", row)
	}
	// sixpack aa --rate 5% --visitors 40000 --split 50:50 --runs 1000 --seed 1
	d.has("40000; 1000; 59.8%; 80.6%; 2.7%")
	// Papers.
	d.has("1938; 1970; 2103.06476; 1927; 2011.03567; 1979; 1959; 1954; 1947")
	d.check()
}

// TestFields looks for the fields that statistics.md names in the JSON of an analysis.
func TestFields(t *testing.T) {
	_, table, _ := strings.Cut(read(t, "statistics.md"), "\n| here | in JSON |\n")
	table, _, _ = strings.Cut(table, "\n\n")
	result, err := json.Marshal(week(3))
	if err != nil {
		t.Fatal(err)
	}
	names := regexp.MustCompile("`([^`]*)`").FindAllStringSubmatch(table, -1)
	if len(names) == 0 {
		t.Fatal("there is no table: this test sees nothing")
	}
	for _, name := range names {
		if !strings.Contains(string(result), `"`+name[1]+`":`) {
			t.Errorf("there is no %q in %s", name[1], result)
		}
	}
}

// week returns the analysis of the shop's experiment after one, two or three weeks.
func week(n int) analysis.Report {
	arms := [][]stats.Proportion{{red7, blue7}, {red14, blue14}, {red, blue}}[n-1]
	return analyze(7*n, plan, halves(arms...))
}

// theShop checks the numbers of the example.
func theShop(d document) {
	for n := range 3 {
		a, b := []stats.Proportion{red7, red14, red}[n], []stats.Proportion{blue7, blue14, blue}[n]
		challenger := week(n + 1).Alternatives[1]
		d.saysf("| %d days | %s | %s | %s | %s |", 7*(n+1), count(a.Participants), count(a.Converted), count(b.Participants), count(b.Converted))
		d.saysf("| %d days | %s | %s |", 7*(n+1), format.Lift(challenger.Lift), format.LiftInterval(challenger.LiftIn))
		d.has(digits(float64(challenger.P)))
	}
	first, second, third := week(1).Alternatives, week(2).Alternatives, week(3).Alternatives
	for _, a := range third {
		d.has(format.Rate(a.Rate, a.RateIn), rates(a.RateIn))
	}
	d.has(fmt.Sprintf("%.0f%%, %.0f%%", 100*third[1].Lift, 100*first[1].ChanceToBeBest), format.Lift(third[1].Lift))
	d.has(digits(100*float64(first[1].ExpectedLoss)), digits(100*float64(first[0].ExpectedLoss)))
	d.saysf("%q after 7 days and %q after 14", first[1].Legacy.Level, second[1].Legacy.Level)

	// Intervals of rates say nothing about which alternative is better: here is one example each way.
	if second[0].RateIn.Hi >= second[1].RateIn.Lo || second[1].Standing != stats.StandingUndecided {
		d.t.Error("after 14 days the intervals overlap, or the test is decided")
	}
	if once := stats.Fixed(red7, blue7, 0.95); first[0].RateIn.Hi < first[1].RateIn.Lo || once.LiftIn.Lo <= 0 {
		d.t.Error("after 7 days the intervals do not overlap, or one look does not decide")
	}
	d.has(rates(second[0].RateIn), rates(second[1].RateIn), rates(first[0].RateIn), rates(first[1].RateIn))
}

// verdicts checks the words of all verdicts.
func verdicts(d document) {
	p := func(participants, converted int64) stats.Proportion {
		return stats.Proportion{Participants: participants, Converted: converted}
	}
	sized := plan
	sized.Size = 37000
	d.has(count(sized.Size))
	for _, x := range []struct {
		state     stats.State
		days      int
		plan      store.Plan
		red, blue stats.Proportion
	}{
		{stats.StateKeepRunning, 7, plan, red7, blue7},
		{stats.StateKeepRunning, 33, plan, p(18540, 927), p(18460, 1010)},
		{stats.StateWinner, 21, plan, red, blue},
		{stats.StateControlBest, 21, plan, red, p(11940, 460)},
		{stats.StateNoPracticalDifference, 60, plan, p(34020, 1701), p(33980, 1713)},
		{stats.StateInconclusive, 33, sized, p(18540, 927), p(18460, 1010)},
		{stats.StateMismatch, 21, plan, p(12400, 620), p(11600, 719)},
		{stats.StateNoData, 1, plan, p(12, 1), p(0, 0)},
		{stats.StateInvalidCounts, 1, plan, p(12, 1), p(10, 11)},
	} {
		v := analyze(x.days, x.plan, halves(x.red, x.blue)).Verdict
		if v.State != x.state {
			d.t.Errorf("red %s and blue %s is an example of %s, not of %s", of(x.red), of(x.blue), v.State, x.state)
		}
		d.saysf("red %s", of(x.red))
		if x.blue.Participants > 0 {
			d.saysf("blue %s", of(x.blue))
		}
		d.saysf("%s", quoted(v))
	}
	d.has(strings.TrimPrefix(format.Lift(analyze(33, plan, halves(p(18540, 927), p(18460, 1010))).Alternatives[1].Lift), "+"))
	_, young, _ := strings.Cut(analyze(3, plan, halves(red7, blue7)).Verdict.Note, "average. ")
	d.saysf("%s", young)
}

// planning checks what tests cost.
func planning(d document) {
	_, e := stats.AlwaysValid(red, blue, 0.05)
	root := math.Sqrt(stats.Threshold(e.H, 0.05))
	d.saysf("about %.1f times as wide", root/1.959964)
	d.saysf("%.1f standard errors", root)

	p := analyze(1, store.Plan{}, halves(stats.Proportion{}, stats.Proportion{})).Plan
	for what, value := range map[string]float64{"effect": p.Effect, "power": p.Power, "alpha": p.Alpha} {
		if !regexp.MustCompile(fmt.Sprintf(`\| %s \| [^|]* \| %.0f%% \|`, what, 100*value)).MatchString(d.text) {
			d.t.Errorf("the default of %s is not %.0f%%", what, 100*value)
		}
	}
	d.saysf("look once | `%s` |", p.Analysis)
	d.saysf("`%s`: look at any time; `%s`: look once", store.AnalysisAlwaysValid, store.AnalysisFixed)
	for _, effect := range []float64{0.05, 0.1, 0.2, 0.5} {
		p := stats.Design{Baseline: 0.05, Wanted: 0.05 * (1 + effect), Alpha: 0.05, Power: 0.8, Ratio: 1}
		once, anyTime := 2*math.Ceil(stats.SampleSize(p)), 2*math.Ceil(stats.SampleSizeAlwaysValid(p))
		d.saysf("| %.0f%% | %s | %s | %.0f |", 100*effect, count(once), count(anyTime), math.Ceil(anyTime/8000))
		d.saysf("Plan for %.1f times", anyTime/once)
	}
	d.saysf("%s", quoted(analyze(7, store.Plan{Analysis: store.AnalysisFixed, Size: 17000}, halves(red7, blue7)).Verdict))
}

// otherTests checks tests by values, with three alternatives, and with changed weights.
func otherTests(d document) {
	revenue := plan
	revenue.KPI = "revenue"
	r := analyze(21, revenue, epoch{arms: []stats.Proportion{red, blue}, paid: []stats.Values{redPaid, bluePaid}})
	a, b := r.Alternatives[0], r.Alternatives[1]
	if r.Measure != analysis.MeasureMean || r.Verdict.State != stats.StateKeepRunning {
		d.t.Errorf("%s by %s is no example of a test by means that is not decided", r.Verdict.State, r.Measure)
	}
	d.has(count(a.Total), count(b.Total), fmt.Sprintf("%.2f and %.2f", a.Mean, b.Mean), format.Lift(b.Lift), format.LiftInterval(b.LiftIn))

	three := analyze(21, plan, halves(red, blue, green))
	d.has(of(green), format.Change(three.Alternatives[1].LiftIn.Lo))
	d.saysf("%s", quoted(three.Verdict))

	var all stats.Pair
	var u, v, ratio float64
	for _, x := range sale {
		d.saysf("%s, %s | %s, %s |", of(x.Control), rate(x.Control.Rate()), of(x.Challenger), rate(x.Challenger.Rate()))
		all.Control.Participants += x.Control.Participants
		all.Control.Converted += x.Control.Converted
		all.Challenger.Participants += x.Challenger.Participants
		all.Challenger.Converted += x.Challenger.Converted
		n, m := float64(x.Control.Participants), float64(x.Challenger.Participants)
		s := float64(x.Control.Converted + x.Challenger.Converted)
		u += float64(x.Challenger.Converted) - m*s/(n+m)
		v += n * m * s / (n + m) * (1 - s/(n+m)) / (n + m - 1)
		ratio += float64(x.Control.Converted) * m / (n + m)
	}
	d.saysf("| together | %s, %s | %s, %s |", of(all.Control), rate(all.Control.Rate()), of(all.Challenger), rate(all.Challenger.Rate()))
	d.saysf("by %.0f%%", 100*(all.Challenger.Rate()/all.Control.Rate()-1))
	epochs := []epoch{
		{weights: []float64{0.9, 0.1}, arms: []stats.Proportion{sale[0].Control, sale[0].Challenger}},
		{weights: []float64{0.5, 0.5}, arms: []stats.Proportion{sale[1].Control, sale[1].Challenger}},
	}
	verdict := analyze(21, plan, epochs...).Verdict
	detail, _, _ := strings.Cut(verdict.Detail, " At most ")
	d.saysf("**%s** %s", verdict.Headline, detail)

	s, e := stats.Stratified(sale, 0.05)
	d.saysf("U = Σ (b - m·s/N) = %.2f, V = Σ n·m·s/N·(1-s/N) / (N-1) = %.2f h = Σ 2·s/N·(1-s/N)·n·m/N = %.2f", u, v, e.H)
	d.saysf("= %.0f / %.0f = 1, a lift of %.0f, from %.3f to %.3f", ratio, ratio, s.Lift, s.LiftIn.Lo, s.LiftIn.Hi)
	pooled, _ := stats.AlwaysValid(all.Control, all.Challenger, 0.05)
	d.saysf("all together: lift %.3f, p = %.10f", pooled.Lift, pooled.P)
}

// formulas checks the results of the formulas for rates.
func formulas(d document) {
	d.saysf("G = 2·(D(%d, %s) + D(%d, %s))", red.Converted, count(red.Participants), blue.Converted, count(blue.Participants))
	n := red.Participants + blue.Participants
	common := float64(red.Converted+blue.Converted) / float64(n)
	deviation := func(c stats.Proportion) float64 {
		s, n := float64(c.Converted), float64(c.Participants)
		return s*math.Log(s/n/common) + (n-s)*math.Log((1-s/n)/(1-common))
	}
	r, e := stats.AlwaysValid(red, blue, 0.05)
	d.saysf("/ %s = %.5f", count(n), common)
	d.saysf("= %.2f, D(%d, %s) = %.2f", deviation(red), blue.Converted, count(blue.Participants), deviation(blue))
	d.saysf("= %.2f", r.G)
	d.saysf("= %.1f x = h/1, h/30, h/1000 = %.1f, %.2f, %.3f", e.H, e.H, e.H/30, e.H/1000)
	term := func(scale float64) float64 {
		x := e.H / scale
		return math.Pow(1+x, -0.5) * math.Exp(r.G/2*x/(1+x)) / 3
	}
	d.saysf("%.1f + %.1f + %.1f = %.1f", term(1), term(30), term(1000), math.Exp(e.LogE))
	d.saysf("p = min(1, 1/E) = %.4f", r.P)
	d.saysf("c, the G at which E is 1/0.05: %.2f, √c = %.2f", r.Threshold, math.Sqrt(r.Threshold))
	for _, h := range []float64{10, 100, 1000, 10000, 100000, 1000000} {
		root := math.Sqrt(stats.Threshold(h, 0.05))
		d.has(count(h), fmt.Sprintf("%.2f, %.2f", root, root/1.959964))
	}
	d.saysf("= %.4f, from %.4f to %.4f", r.Lift, r.LiftIn.Lo, r.LiftIn.Hi)
	d.saysf("= %.5f, from %.5f to %.5f", r.Difference, r.DifferenceIn.Lo, r.DifferenceIn.Hi)
	once, first := stats.Fixed(red, blue, 0.95), stats.Fixed(red7, blue7, 0.95)
	d.saysf("1.96² = %.2f", once.Threshold)
	d.saysf("p = erfc(√(G/2)) = %.6f, lift from %.4f to %.4f", once.P, once.LiftIn.Lo, once.LiftIn.Hi)
	d.saysf("after 7 days: G = %.2f, p = %.3f", first.G, first.P)

	best, losses := stats.Best([]stats.Proportion{red, blue}, stats.Uniform)
	for i, c := range []stats.Proportion{red, blue} {
		in := stats.Wilson(c, 0.95)
		d.saysf("%.4f ± %.4f: %.4f to %.4f", (in.Lo+in.Hi)/2, (in.Hi-in.Lo)/2, in.Lo, in.Hi)
		mean, _ := stats.Posterior(c, stats.Uniform, 0.95)
		d.saysf("Beta(%s, %s), mean %.5f", count(c.Converted+1), count(c.Participants-c.Converted+1), mean)
		d.has(fmt.Sprintf("%.6f", best[i]))
	}
	d.has(fmt.Sprintf("%.4f, %.9f", losses[0], losses[1]))
	l := stats.CredibleLift(red, blue, stats.Uniform, 0.95)
	d.saysf("%.3f to %.3f, median %.3f", l.Lo, l.Hi, l.Median)
}

// ratios checks the sample ratio and the correction for several challengers.
func ratios(d document) {
	ratio := func(a, b int64) stats.Ratio {
		return stats.CheckSampleRatio([]stats.Split{{Participants: []int64{a, b}, Weights: []float64{1, 1}}}, stats.Concentration)
	}
	good, bad := ratio(red.Participants, blue.Participants), ratio(12400, 11600)
	d.saysf("12,060 and 11,940: ln BF = %.2f, p = %.0f", good.LogBayesFactor, good.P)
	d.saysf("12,400 and 11,600: ln BF = %.2f, p = %.6f; χ² = %.1f", bad.LogBayesFactor, bad.P, bad.ChiSquared)

	b, _ := stats.AlwaysValid(red, blue, 0.05)
	g, _ := stats.AlwaysValid(red, green, 0.05)
	adjusted, step := stats.Holm([]float64{b.P, g.P}, 0.05)
	d.saysf("blue p = %.4f, times 2: %.4f; interval at 1 - 0.05/2 = %.1f%%", b.P, adjusted[0], 100*(1-step[0]))
	d.saysf("green p = %.2f, times 1: %.2f; interval at 1 - 0.05/1 = %.0f%%", g.P, adjusted[1], 100*(1-step[1]))
}

// means checks the results of the formulas for values.
func means(d document) {
	r, e := stats.MeansAlwaysValid(redPaid, bluePaid, 0.05)
	d.saysf("m = %s/%s = %.3f, %s/%s = %.3f", count(redPaid.Sum), count(redPaid.Participants), redPaid.Mean(), count(bluePaid.Sum), count(bluePaid.Participants), bluePaid.Mean())
	d.saysf("standard deviations %.2f, %.2f", math.Sqrt(redPaid.Variance()), math.Sqrt(bluePaid.Variance()))
	d.saysf("/ (u + u) = %.2f", r.G)
	d.saysf("24,000² = %.1f", e.H)
	d.saysf("p = %.3f with z² instead of G, c = %.2f", r.P, r.Threshold)
	d.saysf("difference %.3f ± √c·%.4f: %.3f to %.3f", r.Difference, r.StandardErr, r.DifferenceIn.Lo, r.DifferenceIn.Hi)
	d.saysf("lift %.4f, from %.4f to %.4f", r.Lift, r.LiftIn.Lo, r.LiftIn.Hi)
	once, t, df := stats.Welch(redPaid, bluePaid, 0.95)
	d.saysf("t = %.2f with %s degrees of freedom, p = %.4f", t, count(math.Round(df)), once.P)
	d.saysf("orders of %d ± %d euros for red and %d ± %[2]d for blue", redOrder, spread, blueOrder)
}

// sizes checks the sizes of tests.
func sizes(d document) {
	p := stats.Design{Baseline: 0.05, Wanted: 0.06, Alpha: 0.05, Power: 0.8, Ratio: 1}
	once, anyTime := stats.SampleSize(p), stats.SampleSizeAlwaysValid(p)
	d.saysf("single look = (1.96·√(2·p̄·(1-p̄)) + 0.84·√(0.05·0.95 + 0.06·0.94))² / 0.01² = %s", count(once))
	d.saysf("√c + 0.84 = %s", count(anyTime))
	d.saysf("%s / %s = %.2f", count(anyTime), count(once), anyTime/once)
	m := stats.MeanDesign{Mean: redPaid.Mean(), SD: math.Sqrt(redPaid.Variance()), Lift: 0.2, Alpha: 0.05, Power: 0.8, Ratio: 1}
	d.saysf("a mean value of %.2f euros with a standard deviation of %.2f, of which a lift of 20%% is %.2f euros", m.Mean, m.SD, m.Mean*m.Lift)
	d.saysf("(max(%.2f², v) + max(%.2f², v)) / 0.40² = %s", m.SD, m.SD*(1+m.Lift), count(stats.SampleSizeOfMeans(m)))
	d.saysf("any time = the same with √c in place of 1.96 = %s", count(stats.SampleSizeOfMeansAlwaysValid(m)))
	// internal/simulation, TestPlannedPowerOfMeans and TestSampleRatioOfEpochs.
	d.saysf("splits of 50/50, 90/10 and 10/90 the power was between 78 and 90%%")
	d.saysf("with epochs of 100 visitors, 55/45 instead of 50/50 was found after 2,100 visitors on average, and after 2,172 in a single epoch")
}
