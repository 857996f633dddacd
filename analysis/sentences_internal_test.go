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
		decision: stats.Decide(q), question: q, days: 30, daysLeft: 9,
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
				Detail:   "B is at +16 %, but anything from −15 % to +59 % still fits the data. At today's traffic about 9 more days to see +10 %.",
				Note:     "Chance to be best: B 94 %. If you take B and are wrong you lose 0.012 points on average.",
			},
		},
		{
			name: "winner", question: ask(equal, arm(10000, 500), arm(10000, 700)),
			want: Words{
				Headline: "B is better than A.", Detail: "+40 %, and at least +16 %. You can stop now.",
				Note: "Chance to be best: B more than 99.9 %. If you take B and are wrong you lose less than 0.001 points on average.",
			},
		},
		{
			name: "keep running without any conversions", question: ask(equal, arm(100, 0), arm(100, 0)),
			change: func(w *writer) { w.daysLeft, w.days = math.NaN(), 3 },
			want: Words{
				Headline: "Keep running.",
				Detail:   "There are too few conversions to say anything.",
				Note:     "Chance to be best: A 50 %. If you take A and are wrong you lose 0.49 points on average. This test has run for less than one full week.",
			},
		},
		{
			name: "nobody converted in control", question: ask(equal, arm(100, 0), arm(100, 3)),
			change: func(w *writer) { w.daysLeft = 0.5 },
			want: Words{
				Headline: "Keep running.",
				Detail:   "A has no conversions yet; for B anything more than −91 % fits the data. At today's traffic about 1 more day to see +10 %.",
				Note:     "Chance to be best: B 94 %. If you take B and are wrong you lose 0.058 points on average.",
			},
		},
		{
			name: "nobody converted in the challenger", question: ask(equal, arm(1000, 4), arm(1000, 0)),
			change: func(w *writer) { w.daysLeft = 1200 },
			want: Words{
				Headline: "Keep running.",
				Detail:   "B is at −100 %, but anything from −100 % to +360 % still fits the data. At today's traffic it takes more than a year to see +10 %.",
				Note:     "Chance to be best: A 97 %. If you take A and are wrong you lose 0.0031 points on average.",
			},
		},
		{
			name: "a winner over nothing", question: ask(equal, arm(1000, 0), arm(1000, 25)),
			want: Words{
				Headline: "B is better than A.",
				Detail:   "More than +290 %. You can stop now.",
				Note:     "Chance to be best: B more than 99.9 %. If you take B and are wrong you lose less than 0.001 points on average.",
			},
		},
		{
			name: "two winners", question: ask([]float64{1, 1, 1, 1}, arm(10000, 500), arm(10000, 720), arm(10000, 690), arm(10000, 510)),
			want: Words{
				Headline: "B is better than A.",
				Detail:   "+44 %, and at least +17 %. You can stop now. C is better than A too; B leads.",
				Note:     "Chance to be best: B 80 %. If you take B and are wrong you lose 0.041 points on average.",
			},
		},
		{
			name: "control best", question: ask(equal, arm(10000, 700), arm(10000, 500)),
			want: Words{
				Headline: "Keep A.",
				Detail:   "B is worse: −29 %, at best −14 %.",
				Note:     "Chance to be best: A more than 99.9 %. If you take A and are wrong you lose less than 0.001 points on average.",
			},
		},
		{
			name: "control best of three", question: ask([]float64{1, 1, 1}, arm(10000, 700), arm(10000, 500), arm(10000, 480)),
			want: Words{
				Headline: "Keep A.",
				Detail:   "All others are worse. B comes closest: −29 %, at best −14 %.",
				Note:     "Chance to be best: A more than 99.9 %. If you take A and are wrong you lose less than 0.001 points on average.",
			},
		},
		{
			name: "no practical difference", question: ask(equal, arm(2000000, 100000), arm(2000000, 100200)),
			want: Words{
				Headline: "No practical difference.",
				Detail:   "B is within ±10 % of A (−1.3 % to +1.8 %). Choose by cost or taste.",
				Note:     "Chance to be best: B 68 %. If you take B and are wrong you lose 0.0046 points on average.",
			},
		},
		{
			name: "one as good, one worse", question: ask([]float64{1, 1, 1}, arm(200000, 10000), arm(200000, 10020), arm(200000, 8000)),
			want: Words{
				Headline: "No practical difference.",
				Detail:   "B is within ±10 % of A (−4.3 % to +4.9 %). C is worse than A. Choose by cost or taste.",
				Note:     "Chance to be best: B 56 %. If you take B and are wrong you lose 0.023 points on average.",
			},
		},
		{
			name: "inconclusive", question: planned(8000, false, ask(equal, arm(4000, 200), arm(4000, 232))),
			want: Words{
				Headline: "Planned size reached, not decided.",
				Detail:   "If there is a difference it lies between −15 % and +59 %.",
				Note:     "Chance to be best: B 94 %. If you take B and are wrong you lose 0.012 points on average.",
			},
		},
		{
			name: "inconclusive of three", question: planned(8000, false, ask([]float64{1, 1, 1}, arm(4000, 200), arm(4000, 232), arm(4000, 100))),
			want: Words{
				Headline: "Planned size reached, not decided.",
				Detail:   "If there is a difference between A and B it lies between −15 % and +59 %. C is worse than A.",
				Note:     "Chance to be best: B 94 %. If you take B and are wrong you lose 0.012 points on average.",
			},
		},
		{
			name: "sample ratio", question: ask(equal, arm(505000, 5000), arm(495000, 5000)),
			want: Words{
				Headline: "Do not trust this test.",
				Detail:   "The split is 50.5 : 49.5 where 50 : 50 was set; chance alone does that in fewer than 1 of 1,000 tests. Find the cause (redirects, bots, forced variants, late tracking) and start anew.",
			},
		},
		{
			name: "sample ratio of many", question: ask([]float64{1, 1, 1, 1, 1, 5}, arm(5000, 5), arm(5000, 5), arm(5000, 5), arm(5000, 5), arm(5000, 5), arm(23000, 5)),
			want: Words{
				Headline: "Do not trust this test.",
				Detail:   "The split is wrong: F got 47.92 % where 50.00 % was set; chance alone does that in fewer than 1 of 1,000 tests. Find the cause (redirects, bots, forced variants, late tracking) and start anew.",
			},
		},
		{
			name: "nobody came", question: ask(equal, stats.Proportion{}, stats.Proportion{}),
			want: Words{
				Headline: "No visitors yet.",
			},
		},
		{
			name: "nobody came to one", question: ask([]float64{1, 1, 1}, arm(10, 1), stats.Proportion{}, stats.Proportion{}),
			want: Words{
				Headline: "No visitors yet in B and C.",
			},
		},
		{
			name: "broken counts", question: ask(equal, arm(10, 1), arm(10, 11)),
			want: Words{
				Headline: "Counts are broken.",
				Detail:   "B has more conversions than visitors.",
			},
		},
		{
			name: "one look, too early", question: planned(20000, true, ask(equal, arm(6000, 300), arm(6345, 700))),
			want: Words{
				Headline: "Keep running.",
				Detail:   "This test is looked at once, when 20,000 visitors have taken part; 12,345 have so far. At today's traffic about 9 more days to get there.",
			},
		},
		{
			name: "one look", question: planned(20000, true, ask(equal, arm(10000, 500), arm(10000, 570))),
			want: Words{
				Headline: "B is better than A.",
				Detail:   "+14 %, and at least +1.4 %. You can stop now.",
				Note:     "Chance to be best: B 99 %. If you take B and are wrong you lose 0.0016 points on average.",
			},
		},
		{
			name: "late", question: ask(equal, arm(40000, 2000), arm(40000, 2050)),
			change: func(w *writer) { w.daysLeft = 0 },
			want: Words{
				Headline: "Keep running.",
				Detail:   "B is at +2.5 %, but anything from −7.5 % to +14 % still fits the data. A difference of 10 % would most likely have shown by now.",
				Note:     "Chance to be best: B 79 %. If you take B and are wrong you lose 0.018 points on average.",
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

// TestNamesInWords has names in quotation marks that a sentence would take for its
// own words.
func TestNamesInWords(t *testing.T) {
	equal := []float64{1, 1}
	for _, test := range []struct {
		names    []string
		question stats.Question
		want     string
	}{
		{[]string{"yes", "no"}, ask(equal, stats.Proportion{}, arm(1, 0)), "No visitors yet in “yes”."},
		{[]string{"off", "on"}, ask(equal, arm(10000, 700), arm(10000, 500)), "Keep “off”. “on” is worse: −29 %, at best −14 %."},
		{[]string{"A", "on"}, ask(equal, arm(10000, 700), arm(10000, 500)), "Keep “A”. “on” is worse: −29 %, at best −14 %."},
		{[]string{"a", "b"}, ask(equal, arm(10000, 500), arm(10000, 700)), "“b” is better than “a”. +40 %, and at least +16 %. You can stop now."},
		{[]string{"A", "B"}, ask(equal, arm(10000, 500), arm(10000, 700)), "B is better than A. +40 %, and at least +16 %. You can stop now."},
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
