package stats_test

import (
	"fmt"
	"math"

	"github.com/sixpack-go/sixpack/stats"
)

// A question about a whole experiment has one answer, which can be put into words.
func ExampleDecide() {
	question := stats.Question{
		Epochs: []stats.Stratum{{
			Arms:    []stats.Proportion{{Participants: 12060, Converted: 603}, {Participants: 11940, Converted: 740}},
			Weights: []float64{1, 1}, // as they were set, so that the split is checked
		}},
		Alpha: 0.05, MinEffect: 0.2,
	}
	verdict := stats.Decide(question)
	fmt.Println(verdict.State, verdict.Leader, verdict.Arms[1].Standing)

	words := verdict.Words(stats.Telling{
		Question: question, Names: []string{"red", "blue"}, Days: 21, DaysLeft: math.NaN(),
	})
	fmt.Println(words.Headline, words.Detail)
	// Output:
	// winner 1 better
	// “blue” is better than “red”. +24 %, and at least +3.8 %. You can stop now.
}

// While a test is not decided, words say what still fits the data, and how long
// it may take.
func ExampleDecision_Words() {
	question := stats.Question{
		Epochs: []stats.Stratum{{Arms: []stats.Proportion{{Participants: 4020, Converted: 201}, {Participants: 3980, Converted: 245}}}},
		Alpha:  0.05, MinEffect: 0.2,
	}
	telling := stats.Telling{Question: question, Names: []string{"red", "blue"}, Days: 5, DaysLeft: 25}
	telling.Chances, telling.Losses = stats.Best(question.Epochs[0].Arms, stats.Uniform)

	words := stats.Decide(question).Words(telling)
	fmt.Println(words.Headline)
	fmt.Println(words.Detail)
	fmt.Println(words.Note)
	// Output:
	// Keep running.
	// “blue” is at +23 %, but anything from −9.2 % to +68 % still fits the data. At today's traffic about 25 more days to see +20 %.
	// Chance to be best: “blue” 99 %. If you take “blue” and are wrong you lose 0.0022 points on average. This test has run for less than one full week.
}
