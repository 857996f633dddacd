package stats

import "math"

// excess returns t − ln(1+t), for t ≥ −1, without cancellation near 0. It takes both t and x = 1+t, because near −1 t alone is
// too coarse.
func excess(t, x float64) float64 {
	const small = 0.1
	if math.Abs(t) >= small {
		return t - math.Log(x)
	}
	v := t / (2 + t) // ln(1+t) = 2·artanh v
	sum, power := t*v, v*v*v
	for k := 3.0; k < 30; k += 2 { // v is below 0.06
		sum -= 2 * power / k
		power *= v * v
	}
	return sum
}

// deviance returns s·ln(p̂/p) + f·ln((1−p̂)/(1−p)), with s of n converted, f = n−s
// and p̂ = s/n, where 0·ln 0 is 0.
func deviance(s, n, p float64) float64 {
	switch f := n - s; {
	case n == 0:
		return 0
	case s == 0:
		return -n * math.Log1p(-p)
	case f == 0:
		return -n * math.Log(p)
	default:
		return s*excess((p*n-s)/s, p*n/s) + f*excess((s-p*n)/f, (1-p)*n/f)
	}
}

// stirling returns ln Γ(x) − ((x−½)·ln x − x + ½·ln 2π), for x > 0.
func stirling(x float64) float64 {
	const large = 16
	if x < large {
		g, _ := math.Lgamma(x)
		return g - ((x-0.5)*math.Log(x) - x + 0.5*math.Log(2*math.Pi))
	}
	y := 1 / (x * x)
	return (1./12 - y*(1./360-y*(1./1260-y*(1./1680-y/1188)))) / x
}

// betaKernel returns ln(x^a·(1−x)^b / B(a,b)), for a, b > 0, 0 < x < 1.
func betaKernel(a, b, x float64) float64 {
	return betaHeight(a, b) - betaDrop(a, b, x)
}

// betaHeight returns betaKernel at the mean, where it is highest.
func betaHeight(a, b float64) float64 {
	return 0.5*math.Log(a*b/(2*math.Pi*(a+b))) + stirling(a+b) - stirling(a) - stirling(b)
}

// betaDrop returns betaHeight minus betaKernel.
func betaDrop(a, b, x float64) float64 {
	mean := a / (a + b)
	d := x - mean
	return a*excess(d/mean, x/mean) + b*excess(-d/(1-mean), (1-x)/(1-mean))
}

// betaCDF returns the probability that a variate of Beta(a,b) is at most x. Its error is below 2e-9 up to a, b = 1e8, unlike
// gonum's.
func betaCDF(a, b, x float64) float64 {
	switch {
	case x <= 0:
		return 0
	case x >= 1:
		return 1
	case x > (a+1)/(a+b+2):
		return 1 - betaFraction(b, a, 1-x)
	default:
		return betaFraction(a, b, x)
	}
}

// betaFraction returns the continued fraction of the incomplete beta function, by the modified method of Lentz.
func betaFraction(a, b, x float64) float64 {
	const enough = 1e-16
	kernel := math.Exp(betaKernel(a, b, x))
	if kernel == 0 {
		return 0
	}
	c, d := 1.0, 1/offZero(1-(a+b)*x/(a+1))
	h := d
	steps := 20*math.Sqrt(max(a, b)) + 1000
	for m := 1.0; m < steps; m++ {
		even := m * (b - m) * x / ((a + 2*m - 1) * (a + 2*m))
		d, c = 1/offZero(1+even*d), offZero(1+even/c)
		h *= d * c
		odd := -(a + m) * (a + b + m) * x / ((a + 2*m) * (a + 2*m + 1))
		d, c = 1/offZero(1+odd*d), offZero(1+odd/c)
		h *= d * c
		if math.Abs(d*c-1) < enough {
			break
		}
	}
	return kernel * h / a
}

// offZero returns v, or a tiny number if v is almost 0.
func offZero(v float64) float64 {
	const tiny = 1e-300
	if math.Abs(v) < tiny {
		return tiny
	}
	return v
}

// betaQuantile returns the x at which betaCDF is p.
func betaQuantile(a, b, p float64) float64 {
	_, x := bisect(0, 1, func(x float64) bool { return betaCDF(a, b, x) >= p })
	return x
}

// bisect returns two adjacent or almost adjacent numbers between which beyond becomes true. beyond must be false at from and
// true at to, whichever of the two is larger.
func bisect(from, to float64, beyond func(x float64) bool) (last, first float64) {
	const maxSteps = 200
	for range maxSteps {
		middle := from + (to-from)/2
		if middle == from || middle == to {
			break
		}
		if beyond(middle) {
			to = middle
		} else {
			from = middle
		}
	}
	return from, to
}
