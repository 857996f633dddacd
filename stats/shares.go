package stats

// Shares returns weights, of any scale, scaled to sum to 1. None of them is negative,
// and not all are 0.
func Shares(weights []float64) []float64 {
	sum := 0.0
	for _, w := range weights {
		sum += w
	}
	shares := make([]float64, len(weights))
	for i, w := range weights {
		shares[i] = w / sum
	}
	return shares
}
