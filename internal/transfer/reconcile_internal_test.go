package transfer

import (
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/sixpack-go/sixpack/store"
)

// TestReconcile checks that a target counts what the source counts with the rest that
// reconcile returns, whatever its clients account for and whatever its rest was.
func TestReconcile(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	for range 100 {
		source, own, rest := randomCounts(dice), randomCounts(dice), randomCounts(dice)
		target := sum(own, rest)
		corrected, equal := reconcile(source, rest, target)
		if equal {
			t.Fatalf("%+v and %+v are said to be equal", source, target)
		}
		if all, err := differences(source, sum(own, corrected)); err != nil || len(all) > 0 {
			t.Fatalf("with the corrected rest: %v %q", err, all)
		}
	}
}

// TestReconcileEqual checks that a target that counts what the source counts keeps its
// rest.
func TestReconcileEqual(t *testing.T) {
	dice := rand.New(rand.NewPCG(1, 2))
	own, rest := randomCounts(dice), randomCounts(dice)
	corrected, equal := reconcile(sum(own, rest), rest, sum(own, rest))
	all, err := differences(rest, corrected)
	if !equal || err != nil || len(all) > 0 {
		t.Errorf("equal: %v; %v %q", equal, err, all)
	}
}

func sum(a, b store.Counts) store.Counts {
	c := clone(a)
	c.Add(b)
	return c
}

// randomCounts returns counts of two alternatives on some days, also negative ones, as a
// rest may have.
func randomCounts(dice *rand.Rand) store.Counts {
	r := store.Record{Name: "x", Alternatives: []string{"a", "b"}, KPIs: []string{"", "sale"}}
	c := store.NewCounts(r, []store.Epoch{{Number: 1}})
	n := func() int64 { return dice.Int64N(100) - 20 }
	c.Excluded = n()
	for i := range c.Alternatives {
		a := &c.Alternatives[i]
		for range 3 {
			a.AddDay(store.Day(dice.IntN(5)), n())
			a.AddCohort(uint32(dice.IntN(3)), store.Day(dice.IntN(5)), n())
			for j := range a.KPIs {
				a.KPIs[j].AddDay(store.Day(dice.IntN(5)), n(), n())
				a.KPIs[j].AddCohort(store.CohortConversions{
					Epoch: uint32(dice.IntN(3)), Day: store.Day(dice.IntN(5)),
					Sums: store.Sums{Converted: n(), NonZero: n(), Sum: big.NewInt(n()), Squares: big.NewInt(n())},
				})
			}
		}
	}
	return c
}
