package stats_test

import (
	"encoding/binary"
	"math"
	"testing"

	"github.com/sixpack-go/sixpack/stats"
)

// fitted makes counts of any two numbers.
func fitted(n, s int64) stats.Proportion {
	n &= math.MaxInt64
	n %= most + 1
	return stats.Proportion{Participants: n, Converted: (s & math.MaxInt64) % (n + 1)}
}

// fittedAlpha makes one from 1e-6 to 0.5 of any number.
func fittedAlpha(x uint32) float64 {
	return math.Exp(math.Log(1e-6) + float64(x)/math.MaxUint32*math.Log(0.5/1e-6))
}

func FuzzAlwaysValid(f *testing.F) {
	for _, n := range []int64{0, 1, 1000, most} {
		f.Add(n, int64(0), n, n, uint32(math.MaxUint32/2))
		f.Add(n, n/2, int64(most), int64(1), uint32(0))
	}
	f.Fuzz(func(t *testing.T, n, s, m, r int64, alpha uint32) {
		a, b, level := fitted(n, s), fitted(m, r), fittedAlpha(alpha)
		mirrors(t, alwaysValid(t, a, b, level), alwaysValid(t, b, a, level))
	})
}

func FuzzFixed(f *testing.F) {
	f.Add(int64(1000), int64(50), int64(1000), int64(70), uint32(math.MaxUint32/2))
	f.Add(int64(most), int64(most-3), int64(most), int64(most-1), uint32(0))
	f.Fuzz(func(t *testing.T, n, s, m, r int64, alpha uint32) {
		a, b, confidence := fitted(n, s), fitted(m, r), 1-fittedAlpha(alpha)
		c := stats.Fixed(a, b, confidence)
		comparesWell(t, a, b, 1-confidence, c)
		mirrors(t, c, stats.Fixed(b, a, confidence))
	})
}

// words cuts bytes into numbers up to the largest count, a third of them small.
func words(raw []byte) (all []int64) {
	for len(raw) >= 5 {
		n := int64(binary.LittleEndian.Uint32(raw[1:])) % (most + 1)
		if raw[0]%3 == 0 {
			n %= 100
		}
		all, raw = append(all, n), raw[5:]
	}
	return all
}

var fuzzed = []byte("\x00\x09\x00\x00\x00\x03\x01\x00\x00\x00\x01\xff\xff\xff\xff\x02\xff\xff\x00\x00\x03\x10\x00\x00\x00\x01\x00\x00\x01\x00\x01\x00\x00\x01\x00\x03\x04\x00\x00\x00")

func FuzzStratified(f *testing.F) {
	f.Add(fuzzed, uint32(math.MaxUint32/2))
	f.Fuzz(func(t *testing.T, raw []byte, alpha uint32) {
		var strata []stats.Pair
		for w := words(raw); len(w) >= 4; w = w[4:] {
			strata = append(strata, stats.Pair{Control: fitted(w[0], w[1]), Challenger: fitted(w[2], w[3])})
		}
		stratifiesWell(t, strata, fittedAlpha(alpha))
	})
}

func FuzzSampleRatio(f *testing.F) {
	f.Add(fuzzed, uint8(2))
	f.Fuzz(func(t *testing.T, raw []byte, alternatives uint8) {
		k := 1 + int(alternatives)%6
		var splits []stats.Split
		for w := words(raw); len(w) >= 2*k; w = w[2*k:] {
			s := stats.Split{Participants: w[:k], Weights: make([]float64, k)}
			for i := range k {
				s.Weights[i] = float64(w[k+i])
			}
			splits = append(splits, s)
		}
		ratioIsSound(t, splits)
	})
}

func FuzzBest(f *testing.F) {
	f.Add(fuzzed)
	f.Fuzz(func(t *testing.T, raw []byte) {
		const arms = 10
		var all []stats.Proportion
		for w := words(raw); len(w) >= 2 && len(all) < arms; w = w[2:] {
			all = append(all, fitted(w[0], w[1]))
		}
		if len(all) > 0 {
			bestIsFair(t, all)
		}
	})
}

func FuzzCredible(f *testing.F) {
	f.Add(int64(1000), int64(50), int64(1000), int64(70), uint32(math.MaxUint32/2))
	f.Fuzz(func(t *testing.T, n, s, m, r int64, alpha uint32) {
		a, b, probability := fitted(n, s), fitted(m, r), 1-fittedAlpha(alpha)
		describesWell(t, a, probability)
		credible(t, a, b, probability)
	})
}
