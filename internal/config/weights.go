package config

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// Weights are weights of alternatives, by experiment and alternative.
type Weights map[string]map[string]float64

// unmarshalValue takes a text in YAML or JSON. The weights of a file are such a text
// too, see keepWeights.
func (w *Weights) unmarshalValue(value any) error {
	var all Weights
	if err := yaml.Unmarshal(fmt.Append(nil, value), &all); err != nil {
		return errors.New("must be like {button-color: {red: 9, blue: 1}}")
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		sum := 0.0
		for _, w := range all[name] {
			if !(w >= 0) {
				return fmt.Errorf("the weights of %q must be numbers, 0 or more", name)
			}
			sum += w
		}
		if len(all[name]) < 2 || sum == 0 || math.IsInf(sum, 0) {
			return fmt.Errorf("%q must have the weights of all its alternatives, two or more, not all 0", name)
		}
	}
	*w = all
	return nil
}

// keepWeights replaces the weights that a file gives as a map by their text,
// because viper has turned the names in the map into lower case.
func keepWeights(given map[string]any, content []byte) {
	const key = "weights"
	if _, text := given[key].(string); text || given[key] == nil {
		return
	}
	var file map[string]yaml.Node
	if err := yaml.Unmarshal(content, &file); err != nil {
		return // impossible: viper has parsed it
	}
	for name, node := range file {
		var all Weights
		if !strings.EqualFold(name, key) || node.Decode(&all) != nil {
			continue
		}
		if text, err := json.Marshal(all); err == nil {
			given[key] = string(text)
		}
	}
}
