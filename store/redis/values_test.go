package redis_test

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/sixpack-go/sixpack/store"
)

// TestSumsExact adds values of all sizes to totals of all sizes, and compares the sums with
// math/big.
func TestSumsExact(t *testing.T) {
	s := open(t, dial(t, startServer(t)), "sixpack")
	r := create(t, s)
	dice := rand.New(rand.NewPCG(2026, 11))
	totals := edgeTotals()
	for range 300 {
		totals = append(totals, anySize(dice, math.MaxInt64))
	}
	part := store.Import{Record: r}
	for i, total := range totals {
		part.Clients = append(part.Clients, store.Client{ID: uuid(i), Choice: 1, Epoch: 1, Conversions: []store.ClientConversion{{KPI: "revenue", Events: 1, Total: total}}})
	}
	if _, err := s.Import(t.Context(), part); err != nil {
		t.Fatal(err)
	}
	checkSums(t, s, totals)
	for round := range 5 {
		for i, total := range totals {
			v := anySize(dice, int64(store.MaxValue))
			if round == 0 && -store.MaxValue <= total && total <= store.MaxValue {
				v = -total
			}
			sum, fits := total.Add(v)
			f := convert(t, s, worth(r, uuid(i), "revenue", v))
			if f.Wrote != fits || f.Overflow == fits {
				t.Fatalf("%d on top of %d: got %+v", v, total, f)
			}
			if fits {
				totals[i] = sum
			}
		}
		checkSums(t, s, totals)
	}
}

// edgeTotals are near the limits of limbs, of doubles and of the range.
func edgeTotals() (totals []store.Amount) {
	for _, edge := range []int64{0, 1e7, 1e14, 1 << 32, 1 << 53, 1e18, math.MaxInt64 - 2} {
		for d := int64(-2); d <= 2; d++ {
			totals = append(totals, store.Amount(edge+d), store.Amount(-edge-d))
		}
	}
	return totals
}

func anySize(dice *rand.Rand, limit int64) store.Amount {
	n := dice.Int64N(limit) >> dice.IntN(63)
	if dice.IntN(2) == 0 {
		n = -n
	}
	return store.Amount(n)
}

func checkSums(t *testing.T, s store.Store, totals []store.Amount) {
	t.Helper()
	want := store.NewSums()
	want.Converted = int64(len(totals))
	for _, total := range totals {
		x := big.NewInt(int64(total))
		want.NonZero += int64(x.CmpAbs(new(big.Int)))
		want.Sum.Add(want.Sum, x)
		want.Squares.Add(want.Squares, x.Mul(x, x))
	}
	k := counts(t, s, "button").Alternatives[1].KPI("revenue")
	days := store.NewSums()
	for _, d := range k.Days {
		days.Add(d.Sums)
	}
	for _, got := range []store.Sums{k.Totals(), days} {
		checkSum(t, got, want)
	}
	stored := make(map[string]store.Amount)
	for _, c := range clientsOf(t, s, "button") {
		stored[c.ID] = c.Conversions[0].Total
	}
	for i, total := range totals {
		if stored[uuid(i)] != total {
			t.Fatalf("client %d has a total of %d, want %d", i, stored[uuid(i)], total)
		}
	}
}

func checkSum(t *testing.T, got, want store.Sums) {
	t.Helper()
	if got.Converted != want.Converted || got.NonZero != want.NonZero || got.Sum.Cmp(want.Sum) != 0 || got.Squares.Cmp(want.Squares) != 0 {
		t.Fatalf("the sums are %+v, want %+v", got, want)
	}
}
