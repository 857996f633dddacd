package stats_test

import (
	"testing"

	"github.com/sixpack-go/sixpack/stats"
)

var five = []stats.Proportion{{10000, 500}, {10000, 560}, {10000, 590}, {10000, 480}, {10000, 530}}

func BenchmarkDecide(b *testing.B) {
	q := stats.Question{Strata: []stats.Stratum{{Arms: five, Weights: []float64{1, 1, 1, 1, 1}}}, Alpha: 0.05, MinEffect: 0.05}
	for b.Loop() {
		if v := stats.Decide(q); v.State != stats.StateKeepRunning {
			b.Fatal(v.State)
		}
	}
}

func BenchmarkBayesian(b *testing.B) {
	for b.Loop() {
		stats.Best(five, stats.Uniform)
		for _, c := range five[1:] {
			stats.CredibleLift(five[0], c, stats.Uniform, 0.95)
			stats.CredibleDifference(five[0], c, stats.Uniform, 0.95)
		}
	}
}
