package dashboard

import (
	"context"
	"math"
	"strconv"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/store"
)

// Fields of the form that overrides. Each alternative has a field for its weight.
const (
	trafficField   = "traffic"
	algorithmField = "algorithm"
)

func weightField(i int) string { return "weight-" + strconv.Itoa(i) }

var override = action{
	Name: store.ActionOverride, Title: "Traffic, weights and algorithm of", Button: "Set them", done: "What is set here goes before what programs say.",
	explain: func(s *subject) []string {
		texts := []string{
			"What is set here goes before what programs say when they ask for an alternative. Leave to them what you leave empty.",
			"It holds for new participants: the " + s.participants() + " so far keep their alternatives. " +
				"Alternatives are compared within each stretch of equal weights.",
		}
		if s.Ramp.Active() {
			texts = append(texts, "The traffic is the ramp’s, and stays as it is.")
		}
		return texts
	},
	fields: func(s *subject) []field {
		var fields []field
		if !s.Ramp.Active() {
			fields = append(fields, field{
				Name: trafficField, Label: "Traffic, in percent of the visitors", Kind: number,
				Value: s.value(trafficField, percentOrEmpty(s.Override.Traffic)), Placeholder: percent(s.Traffic),
				Hint: "Raising it lets more visitors in. Lowering it puts nobody out who takes part already.",
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
		fields[len(fields)-1].Hint = "Weights of any scale: 3 and 1 are 75 % and 25 %."
		soFar := s.value(algorithmField, s.Override.Algorithm)
		choices := []choice{{"", "as programs say", soFar == ""}}
		for _, name := range s.engine.Algorithms() {
			choices = append(choices, choice{name, name + " – " + explainAlgorithm(s.engine.Algorithm(name)), soFar == name})
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
			return formError{"": "Nothing is filled in, so that nothing was changed."}
		}
		return s.engine.Override(ctx, s.Name, o)
	},
}

var clearOverride = action{
	Name: store.ActionClearOverride, Title: "Clear traffic, weights and algorithm of", Button: "Clear what is set here", done: "Programs decide again.",
	explain: func(s *subject) []string {
		return []string{
			"Takes back what is set here: " + describeOverride(s.Override, s.Alternatives) + ".",
			"From now on programs decide again: traffic " + percent(s.Traffic) + " %" + declared(s.Record) + ". The " + s.participants() + " so far keep their alternatives.",
		}
	},
	do: call((*sixpack.Engine).ClearOverride),
}

// declaredShare returns the share of an alternative that programs declare.
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
		m[name] = "Give each alternative a weight, 0 for none, or leave all empty."
	}
	if sum == 0 && len(m) == 0 {
		m[weightField(0)] = "At least one weight has to be above 0."
	}
	return weights
}

// declared describes the weights and the algorithm that programs declare.
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
