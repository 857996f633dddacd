package dashboard

import (
	"context"
	"math"
	"strconv"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/store"
)

// Fields of the form that sets overrides. Each alternative has a field for its weight.
const (
	trafficField   = "traffic"
	algorithmField = "algorithm"
)

func weightField(i int) string { return "weight-" + strconv.Itoa(i) }

var override = action{
	Name: store.ActionOverride, Title: "Traffic, weights and algorithm", Button: "Save overrides",
	done: "These settings now override the ones in your code.",
	explain: func(s *subject) []string {
		texts := []string{
			"Settings here override those in your code. Leave a field empty to use the value from your code.",
			"They apply to new participants: the " + s.participants() + " so far keep their alternatives. " +
				"Results are compared only between visitors who came under the same weights.",
		}
		if s.Ramp.Active() {
			texts = append(texts, "The ramp sets the traffic. To set it yourself, stop the ramp first.")
		}
		return texts
	},
	fields: func(s *subject) []field {
		var fields []field
		if !s.Ramp.Active() {
			fields = append(fields, field{
				Name: trafficField, Label: "Traffic, in percent of visitors", Kind: number,
				Value: s.value(trafficField, percentOrEmpty(s.Override.Traffic)), Placeholder: percent(s.Traffic),
				Hint: "Raising it admits more visitors. Lowering it does not remove existing participants.",
			})
		}
		for i, name := range s.Alternatives {
			soFar := ""
			if s.Override.Weights != nil {
				soFar = percent(s.Override.Weights[i])
			}
			fields = append(fields, field{
				Name: weightField(i), Label: "Weight of " + name, Kind: number, Value: s.value(weightField(i), soFar), Placeholder: format.Short(100 * declaredShare(s.Record, i)),
			})
		}
		fields[len(fields)-1].Hint = "Any scale works: 3 and 1 mean 75% and 25%."
		soFar := s.value(algorithmField, s.Override.Algorithm)
		choices := []choice{{"", "As set in code"}}
		for _, name := range s.engine.Algorithms() {
			choices = append(choices, choice{name, name + " – " + explainAlgorithm(s.engine.Algorithm(name))})
		}
		return append(fields, field{Name: algorithmField, Label: "Algorithm", Kind: picked, Choices: choices, Value: soFar})
	},
	do: func(ctx context.Context, s *subject) error {
		const all = 100
		wrong := formError{}
		o := store.Override{Traffic: wrong.readPercent(s, trafficField, all), Weights: wrong.readWeights(s), Algorithm: s.form.Get(algorithmField)}
		if len(wrong) > 0 {
			return wrong
		}
		if o.IsZero() && s.Override.IsZero() {
			return formError{"": "All fields are empty. Fill in at least one."}
		}
		return s.engine.Override(ctx, s.Name, o)
	},
}

var clearOverride = action{
	Name: store.ActionClearOverride, Title: "Remove overrides", done: "Overrides removed. The settings in your code apply again.",
	explain: func(s *subject) []string {
		return []string{
			"Removes these overrides: " + describeOverride(s.Override, s.Alternatives) + ".",
			"The settings in your code apply again: traffic " + percent(s.Traffic) + "%" + declared(s.Record) + ". The " + s.participants() + " so far keep their alternatives.",
		}
	},
	do: call((*sixpack.Engine).ClearOverride),
}

// declaredShare returns the share of an alternative as set in code.
func declaredShare(r store.Record, i int) float64 {
	if r.Weights == nil {
		return 1 / float64(len(r.Alternatives))
	}
	return r.Weights[i]
}

// readWeights returns the weights of the alternatives, or nil if all fields are empty.
func (m formError) readWeights(s *subject) []float64 {
	weights := make([]float64, len(s.Alternatives))
	var missing []string
	sum := 0.0
	for i := range weights {
		weights[i] = m.readNumber(s, weightField(i), false, math.MaxInt32)
		sum += weights[i]
		if s.text(weightField(i)) == "" {
			missing = append(missing, weightField(i))
		}
	}
	if len(missing) == len(weights) {
		return nil
	}
	for _, name := range missing {
		m[name] = "Enter a weight for each alternative (0 for none), or leave all weights empty."
	}
	if sum == 0 && len(m) == 0 {
		m[weightField(0)] = "At least one weight must be above 0."
	}
	return weights
}

// declared describes the weights and the algorithm as set in code.
func declared(r store.Record) string {
	text := ", equal weights"
	if r.Weights != nil {
		text = ", " + describeOverride(store.Override{Weights: r.Weights}, r.Alternatives)
	}
	if r.Algorithm != "" {
		text += ", algorithm " + r.Algorithm
	}
	return text
}
