package stats

import (
	"math"
	"math/big"

	"gonum.org/v1/gonum/stat/distuv"
)

// Values sums up a KPI with values over the participants of one alternative. A participant without a value has the value 0.
// Made by [ExactValues], they also carry the exact sums, which a mean far above the standard deviation needs: with float64 alone
// the variance is lost once the mean is some 1e7 times as large.
type Values struct {
	Participants int64
	Sum          float64 // of the participants' values
	Squares      float64 // sum of the squared values
	NonZero      int64   // number of values other than 0

	exact *exactSums // nil if only the floats are known
}

// exactSums are the sum of values in a unit, and what follows from the sum of their squares.
type exactSums struct {
	sum        *big.Int
	unit       float64 // how many of it make 1
	deviations float64 // from the mean, squared and summed, in units of 1
}

// ExactValues returns values whose sums are known exactly: counted in a fraction of 1, such as millionths if perUnit is 1e6, and
// in its square. A nil sum is 0.
func ExactValues(participants, nonZero int64, sum, squares *big.Int, perUnit int64) Values {
	unit := float64(perUnit)
	v := Values{
		Participants: participants, NonZero: nonZero, Sum: toFloat(sum) / unit, Squares: toFloat(squares) / (unit * unit),
		exact: &exactSums{sum: new(big.Int), unit: unit},
	}
	if sum != nil {
		v.exact.sum.Set(sum)
	}
	if squares != nil && participants > 0 {
		d := new(big.Int).Mul(squares, big.NewInt(participants))
		d.Sub(d, new(big.Int).Mul(v.exact.sum, v.exact.sum))
		v.exact.deviations = max(0, toFloat(d)/(float64(participants)*unit*unit))
	}
	return v
}

func toFloat(x *big.Int) float64 {
	if x == nil {
		return 0
	}
	f, _ := new(big.Float).SetInt(x).Float64()
	return f
}

// Mean returns the mean value per participant, NaN without participants.
func (v Values) Mean() float64 { return v.Sum / float64(v.Participants) }

// Variance returns the variance of the participants' values, 0 with fewer than two participants.
func (v Values) Variance() float64 {
	if v.Participants < 2 {
		return 0
	}
	return v.deviations() / float64(v.Participants-1)
}

// deviations returns the sum of squared deviations from the mean, Σx² − (Σx)²/n.
func (v Values) deviations() float64 {
	if v.exact != nil {
		return v.exact.deviations
	}
	return max(0, math.FMA(-v.Sum, v.Mean(), v.Squares))
}

// minus returns the difference of the means of v and o. Exact sums are rounded only after the subtraction.
func (v Values) minus(o Values) float64 {
	x, y := v.exact, o.exact
	if x == nil || y == nil || x.unit != y.unit {
		return v.Mean() - o.Mean()
	}
	d := new(big.Int).Mul(x.sum, big.NewInt(o.Participants))
	d.Sub(d, new(big.Int).Mul(y.sum, big.NewInt(v.Participants)))
	return toFloat(d) / (float64(v.Participants) * float64(o.Participants) * x.unit)
}

// Interval returns the interval of the mean at a confidence level between 0 and 1, by Student's t; NaN with fewer than two
// participants. It is descriptive, and approximate: with skewed values it misses the true mean more often than it says, the more
// so the fewer values differ from 0.
func (v Values) Interval(confidence float64) Interval {
	if v.Participants < 2 {
		return interval(math.NaN(), math.NaN())
	}
	student := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: float64(v.Participants - 1)}
	half := student.Quantile((1+confidence)/2) * math.Sqrt(v.Variance()/float64(v.Participants))
	return interval(v.Mean()-half, v.Mean()+half)
}
