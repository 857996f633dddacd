package transfer

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

// differences returns, in words, every value in which the counts of an experiment
// differ, except for the version of the record.
func differences(source, target store.Counts) (all []string, err error) {
	source, target = clone(source), clone(target)
	source.Forget(target.KnownFrom)
	target.Forget(source.KnownFrom)
	source.DropZeros()
	target.DropZeros()
	here, err := sheetOf(source)
	if err != nil {
		return nil, err
	}
	there, err := sheetOf(target)
	if err != nil {
		return nil, err
	}
	names := maps.Clone(here)
	maps.Copy(names, there)
	for _, name := range slices.Sorted(maps.Keys(names)) {
		if here[name] != there[name] {
			all = append(all, fmt.Sprintf("%s: %s in the source, %s in the target",
				name, cmp.Or(here[name], "nothing"), cmp.Or(there[name], "nothing")))
		}
	}
	return all, nil
}

// A sheet holds every value of an experiment's counts that is not zero, by its name.
type sheet map[string]string

func sheetOf(r store.Counts) (sheet, error) {
	s := make(sheet)
	if err := s.addRecord(r.Record); err != nil {
		return nil, err
	}
	for _, e := range r.Epochs {
		text, err := json.Marshal(store.Epoch{Number: e.Number, Start: e.Start.UTC(), Weights: e.Weights})
		if err != nil {
			return nil, err
		}
		s[fmt.Sprintf("epoch %d", e.Number)] = string(text)
	}
	s.addCounts(r)
	return s, nil
}

// addRecord adds the fields of a record under their names in JSON.
func (s sheet) addRecord(r store.Record) error {
	r.Version = 0
	r.Created, r.Epoch.Start = r.Created.UTC(), r.Epoch.Start.UTC()
	text, err := json.Marshal(r)
	if err != nil {
		return err
	}
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(text, &fields); err != nil {
		return err
	}
	for name, value := range fields {
		s["record, "+name] = string(value)
	}
	return nil
}

func (s sheet) addCounts(r store.Counts) {
	s.addf(r.Excluded, "clients left out")
	for i, a := range r.Alternatives {
		s.addAlternative(r.Record.Alternatives[i], a)
	}
}

func (s sheet) addf(n int64, format string, args ...any) { s.addIntf(big.NewInt(n), format, args...) }

func (s sheet) addIntf(n *big.Int, format string, args ...any) {
	if n != nil && n.Sign() != 0 {
		s[fmt.Sprintf(format, args...)] = n.String()
	}
}

func (s sheet) addAlternative(name string, a store.AlternativeCounts) {
	for _, d := range a.Days {
		s.addf(d.Participants, "alternative %q, participants on %v", name, d.Day)
	}
	for _, c := range a.Cohorts {
		s.addf(c.Participants, "alternative %q, participants of epoch %d on %v", name, c.Epoch, c.Day)
	}
	for _, k := range a.KPIs {
		what := fmt.Sprintf("alternative %q, KPI %q", name, k.KPI)
		for _, d := range k.Days {
			s.addf(d.Converted, "%s, clients that converted first on %v", what, d.Day)
			s.addf(d.Events, "%s, conversions on %v", what, d.Day)
			s.addSums(d.Sums, what+fmt.Sprintf(" on %v", d.Day))
		}
		for _, c := range k.Cohorts {
			of := fmt.Sprintf("%s, clients of epoch %d and %v", what, c.Epoch, c.Day)
			s.addf(c.Converted, "%s that converted", of)
			s.addSums(c.Sums, of)
		}
	}
}

func (s sheet) addSums(of store.Sums, what string) {
	s.addf(of.NonZero, "%s with a total", what)
	s.addIntf(of.Sum, "%s, sum in millionths", what)
	s.addIntf(of.Squares, "%s, squares in millionths of millionths", what)
}
