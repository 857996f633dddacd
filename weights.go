package sixpack

// configure sets the weights that x does not declare to those of the
// configuration, if that has any.
func (e *Engine) configure(x *Experiment) error {
	if len(e.config.Weights) == 0 || x.Weights != nil {
		return nil
	}
	set, ok := e.config.Weights[x.Name]
	if !ok {
		return nil
	}
	weights := make([]float64, len(x.Alternatives))
	for i, a := range x.Alternatives {
		w, ok := set[a]
		if !ok {
			return invalid("weights", "the configuration has none for %q of %q", a, x.Name)
		}
		weights[i] = w
	}
	if len(set) > len(weights) {
		return invalid("weights", "the configuration has some that %q does not have: %v", x.Name, set)
	}
	x.Weights = weights
	return checkWeights(weights, len(weights))
}
