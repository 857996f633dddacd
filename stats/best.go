package stats

// best returns chances and losses by a quadrature whose panels have the given ends.
func best[D distribution](all []D, ends []float64) (chances, losses []float64) {
	chances, losses = make([]float64, len(all)), make([]float64, len(all))
	curves := make([]curve, len(all))
	for half, middle := range panels(ends) {
		for i := range all {
			draw(&curves[i], all[i], half, middle)
		}
		for k := range order {
			for i := range curves {
				others := 1.0
				for j := range curves {
					if j != i {
						others *= curves[j].below[k]
					}
				}
				chances[i] += half * weights[k] * curves[i].density[k] * others
				losses[i] += half * weights[k] * curves[i].below[k] * (1 - others)
			}
		}
	}
	for i, c := range chances {
		chances[i] = min(1, c) // a rounding error may exceed it
	}
	return chances, losses
}

// curve holds a distribution at the nodes of one panel.
type curve struct {
	density, below [order]float64
	before         float64 // the probability below the next panel
}

// draw sets c to d in the next panel. If d is smooth, the probability below a node is the integral of the density, which takes a
// tenth of the time of the cdf.
func draw[D distribution](c *curve, d D, half, middle float64) {
	sum, smooth := 0.0, d.smooth()
	for k, p := range points {
		c.density[k] = d.density(middle + half*p)
		sum += weights[k] * c.density[k]
	}
	for k, p := range points {
		switch {
		case !smooth:
			c.below[k] = d.cdf(middle + half*p)
		case sum == 0:
			c.below[k] = min(1, c.before)
		default:
			part := 0.0
			for j, f := range c.density {
				part += partial[k][j] * f
			}
			c.below[k] = max(0, min(1, c.before+half*part))
		}
	}
	c.before += half * sum
}

// partial[k] holds the weights with which the densities at all points sum to the integral from −1 to points[k]. They follow from
// Legendre's polynomials P: the polynomial in x that is 1 at points[j] and 0 at the others is
// Σ (2n+1)/2·weights[j]·Pₙ(points[j])·Pₙ(x), and the integral of (2n+1)·Pₙ is Pₙ₊₁ − Pₙ₋₁.
var partial = partials()

func partials() (all [order][order]float64) {
	for k, x := range points {
		to := polynomials(x)
		for j, p := range points {
			at := polynomials(p)
			sum := x + 1
			for n := 1; n < order; n++ {
				sum += at[n] * (to[n+1] - to[n-1])
			}
			all[k][j] = weights[j] / 2 * sum
		}
	}
	return all
}

// polynomials returns the values of Legendre's polynomials at x, by degree.
func polynomials(x float64) (p [order + 1]float64) {
	p[0], p[1] = 1, x
	for n := 1; n < order; n++ {
		m := float64(n)
		p[n+1] = ((2*m+1)*x*p[n] - m*p[n-1]) / (m + 1)
	}
	return p
}
