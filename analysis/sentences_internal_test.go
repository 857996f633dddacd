package analysis

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/stats"
)

// ask returns a question about counts that come as [participants, converted].
func ask(weights []float64, arms ...stats.Proportion) stats.Question {
	return stats.Question{
		Strata: []stats.Stratum{{Arms: arms, Weights: weights}}, Alpha: 0.05, MinEffect: 0.1,
	}
}

func planned(size int64, fixed bool, q stats.Question) stats.Question {
	q.Planned, q.Fixed = size, fixed
	return q
}

func arm(participants, converted int64) stats.Proportion {
	return stats.Proportion{Participants: participants, Converted: converted}
}

// writerOf returns a writer of the answer to a question, with chances.
func writerOf(q stats.Question) writer {
	w := writer{
		decision: stats.Decide(q), question: q, days: 30, daysLeft: 9, typicalDays: 4,
		names: []string{"A", "B", "C", "D", "E", "F", "G", "H"}[:len(q.Strata[0].Arms)],
	}
	w.chances, w.losses = stats.Best(q.Strata[0].Arms, stats.Uniform)
	return w
}

func TestWords(t *testing.T) {
	equal := []float64{1, 1}
	for _, test := range []struct {
		name     string
		question stats.Question
		change   func(*writer)
		want     Words
	}{
		{
			name: "keep running", question: ask(equal, arm(4000, 200), arm(4000, 232)),
			want: Words{
				Headline: "Keep running.",
				Detail:   "The true effect of B could be anywhere from −15% to +59%; the estimate is +16%. Typically about 4 more days, at most 9, to detect a 10% lift at the current traffic.",
				Note:     "Probability of being best: B, 94%. Expected loss if you choose B: 0.012 percentage points.",
			},
		},
		{
			name: "winner", question: ask(equal, arm(10000, 500), arm(10000, 700)),
			want: Words{
				Headline: "B is better than A.", Detail: "Up between 16% and 69%; the estimate is 40%. You can end the test.",
				Note: "Probability of being best: B, over 99.9%. Expected loss if you choose B: less than 0.001 percentage points. When a test has just been decided, its estimate tends to be too high: plan with the lower end.",
			},
		},
		{
			name: "keep running without any conversions", question: ask(equal, arm(100, 0), arm(100, 0)),
			change: func(w *writer) { w.daysLeft, w.days = math.NaN(), 3 },
			want: Words{
				Headline: "Keep running.",
				Detail:   "There are too few conversions to draw a conclusion.",
				Note:     "Probability of being best: A, 50%. Expected loss if you choose A: 0.49 percentage points. This test has run for less than one full week.",
			},
		},
		{
			name: "no conversions of the control", question: ask(equal, arm(100, 0), arm(100, 3)),
			change: func(w *writer) { w.daysLeft = 0.5 },
			want: Words{
				Headline: "Keep running.",
				Detail:   "A has no conversions yet; the true effect of B could be more than −91%. At most 1 more day to detect a 10% lift at the current traffic.",
				Note:     "Probability of being best: B, 94%. Expected loss if you choose B: 0.058 percentage points.",
			},
		},
		{
			name: "no conversions of the challenger", question: ask(equal, arm(1000, 4), arm(1000, 0)),
			change: func(w *writer) { w.daysLeft, w.typicalDays = 1200, 700 },
			want: Words{
				Headline: "Keep running.",
				Detail:   "The true effect of B could be anywhere from −100% to +360%; the estimate is −100%. Detecting a 10% lift would take more than a year at the current traffic.",
				Note:     "Probability of being best: A, 97%. Expected loss if you choose A: 0.0031 percentage points. The probability describes today's data; it is not corrected for repeated looks.",
			},
		},
		{
			name: "a winner over nothing", question: ask(equal, arm(1000, 0), arm(1000, 25)),
			want: Words{
				Headline: "B is better than A.",
				Detail:   "Up more than 290%. You can end the test.",
				Note:     "Probability of being best: B, over 99.9%. Expected loss if you choose B: less than 0.001 percentage points. When a test has just been decided, its estimate tends to be too high: plan with the lower end.",
			},
		},
		{
			name: "two winners", question: ask([]float64{1, 1, 1, 1}, arm(10000, 500), arm(10000, 720), arm(10000, 690), arm(10000, 510)),
			want: Words{
				Headline: "B is better than A.",
				Detail:   "Up between 17% and 77%; the estimate is 44%. You can end the test. C is better than A too; B leads.",
				Note:     "Probability of being best: B, 80%. Expected loss if you choose B: 0.041 percentage points. When a test has just been decided, its estimate tends to be too high: plan with the lower end.",
			},
		},
		{
			name: "control best", question: ask(equal, arm(10000, 700), arm(10000, 500)),
			want: Words{
				Headline: "Keep A.",
				Detail:   "B is worse: down between 14% and 41%; the estimate is 29%.",
				Note:     "Probability of being best: A, over 99.9%. Expected loss if you choose A: less than 0.001 percentage points.",
			},
		},
		{
			name: "control best of three", question: ask([]float64{1, 1, 1}, arm(10000, 700), arm(10000, 500), arm(10000, 480)),
			want: Words{
				Headline: "Keep A.",
				Detail:   "All others are worse. B comes closest: down between 14% and 41%; the estimate is 29%.",
				Note:     "Probability of being best: A, over 99.9%. Expected loss if you choose A: less than 0.001 percentage points.",
			},
		},
		{
			name: "no practical difference", question: ask(equal, arm(2000000, 100000), arm(2000000, 100200)),
			want: Words{
				Headline: "No practical difference.",
				Detail:   "B is within ±10% of A (−1.3% to +1.8%). Choose by cost or preference.",
				Note:     "Probability of being best: B, 68%. Expected loss if you choose B: 0.0046 percentage points.",
			},
		},
		{
			name: "one as good, one worse", question: ask([]float64{1, 1, 1}, arm(200000, 10000), arm(200000, 10020), arm(200000, 8000)),
			want: Words{
				Headline: "No practical difference.",
				Detail:   "B is within ±10% of A (−4.3% to +4.9%). C is worse than A. Choose by cost or preference.",
				Note:     "Probability of being best: B, 56%. Expected loss if you choose B: 0.023 percentage points.",
			},
		},
		{
			name: "inconclusive", question: planned(8000, false, ask(equal, arm(4000, 200), arm(4000, 232))),
			want: Words{
				Headline: "Planned size reached without a decision.",
				Detail:   "If there is a difference, it is between −15% and +59%.",
				Note:     "Probability of being best: B, 94%. Expected loss if you choose B: 0.012 percentage points.",
			},
		},
		{
			name: "inconclusive of three", question: planned(8000, false, ask([]float64{1, 1, 1}, arm(4000, 200), arm(4000, 232), arm(4000, 100))),
			want: Words{
				Headline: "Planned size reached without a decision.",
				Detail:   "If there is a difference between A and B, it is between −15% and +59%. C is worse than A.",
				Note:     "Probability of being best: B, 94%. Expected loss if you choose B: 0.012 percentage points.",
			},
		},
		{
			name: "sample ratio", question: ask(equal, arm(505000, 5000), arm(495000, 5000)),
			want: Words{
				Headline: "Do not trust this test.",
				Detail:   "The split is 50.5/49.5 where 50/50 was set; chance alone does that in fewer than 1 of 1,000 tests. Find the cause (redirects, bots, forced visits, late tracking) and restart the experiment.",
			},
		},
		{
			name: "sample ratio of many", question: ask([]float64{1, 1, 1, 1, 1, 5}, arm(5000, 5), arm(5000, 5), arm(5000, 5), arm(5000, 5), arm(5000, 5), arm(23000, 5)),
			want: Words{
				Headline: "Do not trust this test.",
				Detail:   "The split is wrong: F got 47.92% where 50.00% was set; chance alone does that in fewer than 1 of 1,000 tests. Find the cause (redirects, bots, forced visits, late tracking) and restart the experiment.",
			},
		},
		{
			name: "no participants", question: ask(equal, stats.Proportion{}, stats.Proportion{}),
			want: Words{
				Headline: "No participants yet.",
			},
		},
		{
			name: "no participants of one", question: ask([]float64{1, 1, 1}, arm(10, 1), stats.Proportion{}, stats.Proportion{}),
			want: Words{
				Headline: "No participants yet in B and C.",
			},
		},
		{
			name: "broken counts", question: ask(equal, arm(10, 1), arm(10, 11)),
			want: Words{
				Headline: "Invalid counts.",
				Detail:   "B has more conversions than participants.",
			},
		},
		{
			name: "one look, too early", question: planned(20000, true, ask(equal, arm(6000, 300), arm(6345, 700))),
			want: Words{
				Headline: "Keep running.",
				Detail:   "This test is evaluated once, at 20,000 participants; 12,345 so far. About 9 more days to reach that number at the current traffic.",
			},
		},
		{
			name: "one look", question: planned(20000, true, ask(equal, arm(10000, 500), arm(10000, 570))),
			want: Words{
				Headline: "B is better than A.",
				Detail:   "Up between 1.4% and 28%; the estimate is 14%. You can end the test.",
				Note:     "Probability of being best: B, 99%. Expected loss if you choose B: 0.0016 percentage points. When a test has just been decided, its estimate tends to be too high: plan with the lower end.",
			},
		},
		{
			name: "late", question: ask(equal, arm(40000, 2000), arm(40000, 2050)),
			change: func(w *writer) { w.daysLeft = 0 },
			want: Words{
				Headline: "Keep running.",
				Detail:   "The true effect of B could be anywhere from −7.5% to +14%; the estimate is +2.5%. A lift of 10% would most likely have been detected by now.",
				Note:     "Probability of being best: B, 79%. Expected loss if you choose B: 0.018 percentage points.",
			},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			about := writerOf(test.question)
			if test.change != nil {
				test.change(&about)
			}
			if got := about.words(); got != test.want {
				t.Errorf("got\n%+v, want\n%+v", got, test.want)
			}
		})
	}
}

// TestSpan checks how long tests may take: what is typical, and what is most.
func TestSpan(t *testing.T) {
	for _, c := range []struct {
		typical, most float64
		once          bool
		want          string
	}{
		{3.2, 9, false, "typically about 4 days, at most 9"},
		{0.5, 1.5, false, "typically about 1 day, at most 2"},
		{0.5, 0.6, false, "at most 1 day"},
		{0, 9, false, "at most 9 days"},
		{math.NaN(), 9, false, "at most 9 days"},
		{300, 400, false, "typically about 300 days, possibly more than a year"},
		{400, 800, false, ""},
		{0, 400, false, ""},
		{9, 9, true, "about 9 days"},
		{9, 400, true, ""},
	} {
		if got := span(c.typical, c.most, "day", c.once); got != c.want {
			t.Errorf("typically %v days, at most %v: %q, want %q", c.typical, c.most, got, c.want)
		}
	}
}

// TestNamesInWords has names in quotation marks that a sentence would take for its
// own words.
func TestNamesInWords(t *testing.T) {
	equal := []float64{1, 1}
	for _, test := range []struct {
		names    []string
		question stats.Question
		want     string
	}{
		{[]string{"yes", "no"}, ask(equal, stats.Proportion{}, arm(1, 0)), "No participants yet in “yes”."},
		{[]string{"off", "on"}, ask(equal, arm(10000, 700), arm(10000, 500)), "Keep “off”. “on” is worse: down between 14% and 41%; the estimate is 29%."},
		{[]string{"A", "on"}, ask(equal, arm(10000, 700), arm(10000, 500)), "Keep “A”. “on” is worse: down between 14% and 41%; the estimate is 29%."},
		{[]string{"a", "b"}, ask(equal, arm(10000, 500), arm(10000, 700)), "“b” is better than “a”. Up between 16% and 69%; the estimate is 40%. You can end the test."},
		{[]string{"A", "B"}, ask(equal, arm(10000, 500), arm(10000, 700)), "B is better than A. Up between 16% and 69%; the estimate is 40%. You can end the test."},
	} {
		about := writerOf(test.question)
		about.names, about.chances = test.names, nil
		w := about.words()
		if got := strings.TrimSpace(w.Headline + " " + w.Detail); got != test.want {
			t.Errorf("%q: %s, want %s", test.names, got, test.want)
		}
	}
}

// TestWordsOfAnyQuestion looks for words that are missing or badly formatted.
func TestWordsOfAnyQuestion(t *testing.T) {
	dice := rand.New(rand.NewPCG(5, 6))
	seen := make(map[stats.State]int)
	for range 800 {
		q := anyQuestion(dice)
		about := writerOf(q)
		seen[about.decision.State]++
		about.daysLeft = []float64{math.NaN(), -1, 0.2, 3, 1000}[dice.IntN(5)]
		about.typicalDays = []float64{math.NaN(), 0, 0.2, 2, 400}[dice.IntN(5)]
		w := about.words()
		text := w.Headline + " " + w.Detail + " " + w.Note
		for _, never := range []string{"NaN", "Inf", "infinite", "%!", "--", "+−", "  "} {
			if strings.Contains(strings.TrimSpace(text), never) {
				t.Fatalf("%+v: %q is in %q", q, never, text)
			}
		}
		if w.Headline == "" {
			t.Fatalf("%+v: no words", q)
		}
	}
	for _, s := range []stats.State{
		stats.StateInvalidCounts, stats.StateNoData, stats.StateMismatch, stats.StateWinner, stats.StateControlBest, stats.StateNoPracticalDifference, stats.StateInconclusive, stats.StateKeepRunning,
	} {
		if seen[s] < 5 {
			t.Errorf("%s came %d times: this test tries too little", s, seen[s])
		}
	}
}

// anyQuestion returns a question with up to 8 alternatives and 3 epochs.
func anyQuestion(dice *rand.Rand) stats.Question {
	q := stats.Question{Alpha: 0.05, MinEffect: []float64{0.001, 0.05, 0.2}[dice.IntN(3)], Fixed: dice.IntN(4) == 0}
	if dice.IntN(2) == 0 {
		q.Planned = int64(dice.IntN(200_000))
	}
	n, size := 2+dice.IntN(7), math.Exp(dice.Float64()*math.Log(1e8))
	values := dice.IntN(4) == 0
	for range 1 + dice.IntN(3) {
		q.Strata = append(q.Strata, anyEpoch(dice, n, size, values))
	}
	if dice.IntN(40) == 0 { // nobody gets the control
		for _, s := range q.Strata {
			s.Arms[0] = stats.Proportion{}
			if values {
				s.Values[0] = stats.Values{}
			}
		}
	}
	return q
}

func anyEpoch(dice *rand.Rand, n int, size float64, values bool) stats.Stratum {
	e := stats.Stratum{Arms: make([]stats.Proportion, n)}
	rate, spread := math.Pow(dice.Float64(), 3), dice.Float64()*0.3
	if dice.IntN(5) == 0 {
		rate = 0
	}
	for i := range n {
		participants := size * (1 + 0.01*dice.NormFloat64()/math.Sqrt(size))
		here := min(1, max(0, rate*(1+spread*dice.NormFloat64()*float64(dice.IntN(2)))))
		e.Arms[i] = arm(int64(participants), int64(participants*here))
		if dice.IntN(50) == 0 {
			e.Arms[i] = []stats.Proportion{{}, arm(3, 4), arm(-1, 0)}[dice.IntN(3)]
		}
		if values {
			c := e.Arms[i]
			mean := 10 * (1 + spread*dice.NormFloat64())
			e.Values = append(e.Values, stats.Values{
				Participants: c.Participants, Sum: mean * float64(c.Converted),
				Squares: 2 * mean * mean * float64(c.Converted), NonZero: c.Converted,
			})
		}
	}
	if dice.IntN(2) == 0 {
		e.Weights = make([]float64, n)
		for i := range n {
			e.Weights[i] = 1
		}
	}
	return e
}
