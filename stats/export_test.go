package stats

// P is that of [AlwaysValid], without its intervals, for tests that look often.
func P(control, challenger Proportion) float64 {
	_, e := newPair(control, challenger).evidence()
	return e.P()
}
