package store_test

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/sixpack-go/sixpack/store"
)

// TestForget adds counts of which one does not know the cohorts of early days. Sums by epoch stay
// the same.
func TestForget(t *testing.T) {
	r := store.Record{Alternatives: []string{"red"}, KPIs: []string{"revenue"}}
	known, unknown := store.NewCounts(r, nil), store.NewCounts(r, nil)
	for i, day := range []store.Day{-5, 10, 11, 12} {
		client := store.ClientState{Epoch: uint32(i % 2), Day: day}
		known.Move(store.ClientState{Choice: store.None}, client)
		known.Credit(client, 0, day+1, store.ClientConversion{}, store.ClientConversion{Events: 1, Total: store.Amount(day)})
	}
	unknown.KnownFrom = 12
	unknown.Alternatives[0].AddCohort(0, store.UnknownDay, 3)
	before := known.Alternatives[0]
	epochs, values := fmt.Sprint(before.Epochs()), text(before.KPIs[0].Epochs())

	known.Add(unknown)
	red := known.Alternatives[0]
	if got, want := fmt.Sprint(red.Cohorts), "[{0 an unknown day 5} {1 an unknown day 1} {1 1970-01-13 1}]"; got != want || known.KnownFrom != 12 {
		t.Errorf("the cohorts are %s, want %s; known from %d", got, want, known.KnownFrom)
	}
	if got := text(red.KPIs[0].Epochs()); got != values {
		t.Errorf("the sums by epoch are %s, were %s", got, values)
	}
	known.Sub(unknown)
	if got := fmt.Sprint(known.Alternatives[0].Epochs()); got != epochs {
		t.Errorf("the participants by epoch are %s, were %s", got, epochs)
	}
	if got := known.Alternatives[0].KPIs[0].Between(1, 1); got.Converted != 2 || got.Sum.Cmp(big.NewInt(22)) != 0 || got.Squares.Cmp(big.NewInt(244)) != 0 {
		t.Errorf("the sums of epoch 1 are %+v", got)
	}
	if n := red.Between(2, 9); n != 0 {
		t.Errorf("%d participants in epochs that are not there", n)
	}
}

func text(epochs []store.EpochConversions) (s string) {
	for _, e := range epochs {
		s += fmt.Sprintf("%d: %d %d %v %v; ", e.Epoch, e.Converted, e.NonZero, e.Sum, e.Squares)
	}
	return s
}
