package simulation_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/samplesize"
	"github.com/sixpack-go/sixpack/stats"
)

// customers describes participants of whom a fraction order, with values that are lognormal
// with a standard deviation of 1 of their logarithm.
type customers struct{ rate float64 }

// moments returns the mean and the standard deviation of the values of all participants.
func (o customers) moments() (mean, sd float64) {
	mean = o.rate * math.Exp(0.5)
	return mean, math.Sqrt(o.rate*math.Exp(2) - mean*mean)
}

// draw adds n participants, whose values a lift multiplies.
func (o customers) draw(dice *rand.Rand, v *stats.Values, n int64, lift float64) {
	v.Participants += n
	for range n {
		if dice.Float64() < o.rate {
			x := (1 + lift) * math.Exp(dice.NormFloat64())
			v.Sum += x
			v.Squares += x * x
			v.NonZero++
		}
	}
}

// powered is a planned test of means, and how often it has detected the wanted lift.
type powered struct {
	customers

	lift   float64
	shares []float64
	size   samplesize.Size // of the test
	looks  int
}

// detects runs the test, and returns the fraction of its participants after which it detected
// the lift; false if it did not.
func (p powered) detects(dice *rand.Rand) (after float64, ok bool) {
	q := stats.Question{Alpha: 0.05, MinEffect: p.lift, Planned: int64(p.size.Total), Fixed: p.looks == 1}
	s := stats.Stratum{Arms: make([]stats.Proportion, 2), Values: make([]stats.Values, 2)}
	for look := range p.looks {
		for i := range s.Values {
			now := int64(math.Ceil(float64(p.size.Participants[i]) * float64(look+1) / float64(p.looks)))
			p.draw(dice, &s.Values[i], now-s.Values[i].Participants, float64(i)*p.lift)
			s.Arms[i] = stats.Proportion{Participants: now, Converted: s.Values[i].NonZero}
		}
		q.Strata = []stats.Stratum{s}
		if (q.Fixed || mayDecide(s.Values)) && stats.Decide(q).State == stats.StateWinner {
			return float64(look+1) / float64(p.looks), true
		}
	}
	return 1, false
}

// mayDecide saves time: an always-valid p value is at most 5% only if the evidence, which is at most exp(z²/2), is at
// least 20. z uses the variances of both sides; tests use at least these.
func mayDecide(v []stats.Values) bool {
	const enough = 5.9
	d := v[1].Mean() - v[0].Mean()
	return d*d >= enough*(v[0].Variance()/float64(v[0].Participants)+v[1].Variance()/float64(v[1].Participants))
}

// TestPlannedPowerOfMeans checks that plans of means keep what they promise: a power of 80%,
// with one look, and with a hundred looks at any time, when the test really is more powerful
// than planned.
func TestPlannedPowerOfMeans(t *testing.T) {
	const lift, anyTime = 0.2, 100
	runs := 200 * times(t, 20)
	for i, c := range []struct {
		name   string
		rate   float64
		shares []float64
	}{
		{"everybody orders, 50:50", 1, []float64{0.5, 0.5}},
		{"everybody orders, 90:10", 1, []float64{0.9, 0.1}},
		{"everybody orders, 10:90", 1, []float64{0.1, 0.9}},
		{"5% order, 50:50", 0.05, []float64{0.5, 0.5}},
		{"5% order, 90:10", 0.05, []float64{0.9, 0.1}},
		{"5% order, 10:90", 0.05, []float64{0.1, 0.9}},
	} {
		o := customers{c.rate}
		mean, sd := o.moments()
		plan := samplesize.Situation{
			Measure: analysis.MeasureMean, Baseline: mean, SD: sd, Effect: lift, Alpha: 0.05, Power: 0.8, Shares: c.shares,
			PerDay: stats.Number(math.NaN()),
		}.Plan()
		for _, p := range []powered{
			{customers: o, lift: lift, shares: c.shares, size: plan.Fixed, looks: 1},
			{customers: o, lift: lift, shares: c.shares, size: plan.AlwaysValid, looks: anyTime},
		} {
			dice := rand.New(rand.NewPCG(seed, uint64(i)))
			found, length := 0, 0.0
			for range runs {
				after, ok := p.detects(dice)
				if length += after; ok {
					found++
				}
			}
			power, length := float64(found)/float64(runs), length/float64(runs)*float64(p.size.Total/plan.Fixed.Total)
			t.Logf("%-25s %3d looks: power %.1f%% of %d runs, %.2f single looks long", c.name, p.looks, 100*power, runs, length)
			const low, high, errors = 0.78, 0.90, 3
			margin := errors * math.Sqrt(power*(1-power)/float64(runs))
			if power < low-margin || power > high+margin {
				t.Errorf("%s: %d looks at %v have a power of %.1f%%", c.name, p.looks, p.size.Participants, 100*power)
			}
			if p.looks == anyTime && (length < 1 || length > 1.5) {
				t.Errorf("%s: takes %.2f single looks on average", c.name, length)
			}
		}
	}
}
