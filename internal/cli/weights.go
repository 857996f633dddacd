package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/sixpack-go/sixpack/store"
)

// weights are those of experiments, by name and alternative.
type weights map[string]map[string]float64

// parseWeights takes YAML or, what is also YAML, JSON.
func parseWeights(s string) (weights, error) {
	var all weights
	if err := yaml.Unmarshal([]byte(s), &all); err != nil {
		return nil, errors.New("must be like {button-color: {red: 9, blue: 1}}")
	}
	for _, name := range slices.Sorted(maps.Keys(all)) {
		sum := 0.0
		for _, w := range all[name] {
			if !(w >= 0) {
				return nil, fmt.Errorf("the weights of %q must be numbers, 0 or more", name)
			}
			sum += w
		}
		if len(all[name]) < 2 || sum == 0 || math.IsInf(sum, 0) {
			return nil, fmt.Errorf("%q must have the weights of all its alternatives, two or more, not all 0", name)
		}
	}
	return all, nil
}

// keepWeights has the weights that a file gives as a map stand as text in what was
// read: names are not written as they were by then, as keys are of any case.
func keepWeights(given map[string]any, content []byte) {
	const key = "weights"
	if _, text := given[key].(string); text || given[key] == nil {
		return
	}
	var file map[string]yaml.Node
	if err := yaml.Unmarshal(content, &file); err != nil {
		return // it was read before, and is well
	}
	for name, node := range file {
		var all weights
		if !strings.EqualFold(name, key) || node.Decode(&all) != nil {
			continue
		}
		if text, err := json.Marshal(all); err == nil {
			given[key] = string(text)
		}
	}
}

// checkRecords finds experiments whose alternatives are not those that have
// weights: their calls would all be refused.
func (w weights) checkRecords(ctx context.Context, st store.Store) error {
	if len(w) == 0 {
		return nil
	}
	records, err := st.Records(ctx)
	if err != nil {
		return err
	}
	for _, r := range records {
		set, ok := w[r.Name]
		has := slices.Sorted(slices.Values(r.Alternatives))
		if named := slices.Sorted(maps.Keys(set)); ok && !slices.Equal(named, has) {
			return fmt.Errorf("configuration: weights: %q has the alternatives %q, not %q", r.Name, has, named)
		}
	}
	return nil
}
