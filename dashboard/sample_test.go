package dashboard_test

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// present is when the tests are.
var present = time.Date(2026, 3, 20, 15, 0, 0, 0, time.UTC)

// arm is an alternative of a sample: its participants per day, and how many of them
// convert on the same day.
type arm struct {
	name                    string
	participants, converted int64
}

// sample returns an experiment that has run for some days.
func sample(name string, days int, arms ...arm) store.Import {
	created := present.AddDate(0, 0, 1-days)
	r := store.Record{
		Name: name, Version: 1, Salt: name, Created: created, Traffic: 1, KPIs: []string{""}, Epoch: store.Epoch{Number: 1, Start: created},
	}
	for _, a := range arms {
		r.Alternatives = append(r.Alternatives, a.name)
	}
	counts := store.NewCounts(r, []store.Epoch{r.Epoch})
	for i, a := range arms {
		c := &counts.Alternatives[i]
		for d := range days {
			day := store.DayOf(created.AddDate(0, 0, d))
			c.AddDay(day, a.participants)
			c.KPIs[0].AddDay(day, a.converted, a.converted)
		}
		c.AddCohort(1, store.UnknownDay, a.participants*int64(days))
		c.KPIs[0].AddCohort(store.CohortConversions{Epoch: 1, Day: store.UnknownDay, Sums: store.Sums{Converted: a.converted * int64(days), Sum: new(big.Int), Squares: new(big.Int)}})
	}
	counts.DropZeros()
	return store.Import{Record: r, Counts: &counts}
}

// valued adds the KPI revenue to a sample: each conversion has the value
// 20.
func valued(i store.Import) store.Import {
	const kpi, amount = "revenue", 20e6
	i.Record.KPIs = append(i.Record.KPIs, kpi)
	for j := range i.Counts.Alternatives {
		c := &i.Counts.Alternatives[j]
		n := c.KPIs[0].Converted()
		k := store.KPICounts{KPI: kpi, Days: c.KPIs[0].Days}
		x := big.NewInt(int64(amount))
		k.AddCohort(store.CohortConversions{
			Epoch: 1, Day: store.UnknownDay, Sums: store.Sums{
				Converted: n, NonZero: n, Sum: new(big.Int).Mul(x, big.NewInt(n)), Squares: new(big.Int).Mul(new(big.Int).Mul(x, x), big.NewInt(n)),
			},
		})
		c.KPIs = append(c.KPIs, k)
	}
	return i
}

// states returns a sample in each state.
func states() map[stats.State]store.Import {
	inconclusive := sample("inconclusive", 10, arm{"a", 100, 10}, arm{"b", 100, 11})
	inconclusive.Record.Plan.Size = 2000
	return map[stats.State]store.Import{
		stats.StateWinner:                sample("winner", 10, arm{"a", 1000, 100}, arm{"b", 1000, 130}),
		stats.StateControlBest:           sample("control-best", 10, arm{"a", 1000, 130}, arm{"b", 1000, 100}),
		stats.StateNoPracticalDifference: sample("no-practical-difference", 10, arm{"a", 100000, 50000}, arm{"b", 100000, 50000}),
		stats.StateInconclusive:          inconclusive,
		stats.StateKeepRunning:           sample("keep-running", 10, arm{"a", 100, 10}, arm{"b", 100, 11}),
		stats.StateMismatch:              sample("srm", 10, arm{"a", 1000, 100}, arm{"b", 800, 120}),
		stats.StateNoData:                sample("no-data", 10, arm{"a", 10, 1}, arm{"b", 0, 0}),
		stats.StateInvalidCounts:         sample("invalid-counts", 10, arm{"a", 10, 20}, arm{"b", 10, 1}),
	}
}

// year returns an experiment of five alternatives that has run for a year, with
// numbers that differ from day to day.
func year() store.Import {
	const days = 365
	var arms []arm
	for i := range 5 {
		arms = append(arms, arm{fmt.Sprintf("alternative-%d", i), 1000, 120})
	}
	i := sample("year", days, arms...)
	dice := rand.New(rand.NewPCG(1, 2)) // the same each time
	for j := range i.Counts.Alternatives {
		c := &i.Counts.Alternatives[j]
		for d := range c.Days {
			more := dice.Int64N(331)
			c.Days[d].Participants += more
			c.Cohorts[0].Participants += more
			c.KPIs[0].Days[d].Converted += more / 11
			c.KPIs[0].Days[d].Events += more / 7
			c.KPIs[0].Cohorts[0].Converted += more / 11
		}
	}
	return i
}

// many returns experiments of three alternatives that have run for a month.
func many(n int) []store.Import {
	all := make([]store.Import, n)
	for i := range all {
		x := int64(i)
		all[i] = sample(fmt.Sprintf("experiment-%03d", i), 30, arm{"control", 300 + x, 30}, arm{"red", 300 + x, 31 + x%17}, arm{"blue", 300 + x, 30 + x%7})
	}
	return all
}

// filled returns a store that holds samples.
func filled(tb testing.TB, all ...store.Import) *memory.Store {
	tb.Helper()
	s := new(memory.Store)
	fill(tb, s, all...)
	return s
}

// fill puts samples into a store.
func fill(tb testing.TB, s store.Store, all ...store.Import) {
	tb.Helper()
	for _, i := range all {
		if _, err := s.Import(tb.Context(), i); err != nil {
			tb.Fatal(err)
		}
	}
}
