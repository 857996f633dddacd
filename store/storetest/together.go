package storetest

import (
	"context"
	"errors"
	"iter"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

const budget = time.Second // for the loops of one test

// rounds counts to n, but ends early when the budget is spent.
func rounds(n int) iter.Seq[int] {
	return func(yield func(int) bool) {
		deadline := time.Now().Add(budget)
		for i := range n {
			if !yield(i) || time.Now().After(deadline) {
				return
			}
		}
	}
}

// together runs f in n goroutines and ends the test if one of them fails.
func together(t *testing.T, n int, f func(i int) error) {
	t.Helper()
	begin(n, f)(t)
}

// begin starts n goroutines that run f, and returns a function that waits for them.
func begin(n int, f func(i int) error) (wait func(t *testing.T)) {
	errs, born := make(chan error, n), make(chan struct{})
	for i := range n {
		go func() {
			<-born // the first could finish before the last starts
			errs <- f(i)
		}()
	}
	close(born)
	return func(t *testing.T) {
		t.Helper()
		var all error
		for range n {
			all = errors.Join(all, <-errs)
		}
		if all != nil {
			t.Fatal(all)
		}
	}
}

// waitFor yields to other goroutines until done returns true.
func waitFor(done func() bool) {
	for !done() {
		runtime.Gosched()
	}
}

// inStep makes two callers race for each of up to n items, starting each round together, and
// returns their answers.
func inStep(t *testing.T, n int, call func(ctx context.Context, racer, round int) (store.Facts, error)) [][2]store.Facts {
	t.Helper()
	answers := make([][2]store.Facts, n)
	var arrived, end atomic.Int64
	var failed atomic.Bool
	end.Store(int64(n))
	deadline := time.Now().Add(budget)
	together(t, 2, func(racer int) error {
		for round := range n {
			// Only the first racer checks the time, before both meet, so that both end in the
			// same round.
			if racer == 0 && time.Now().After(deadline) {
				end.Store(int64(round))
			}
			arrived.Add(1)
			waitFor(func() bool { return arrived.Load() >= int64(2*(round+1)) || failed.Load() })
			if int64(round) >= end.Load() || failed.Load() {
				return nil
			}
			f, err := call(t.Context(), racer, round)
			if err != nil {
				failed.Store(true)
				return err
			}
			answers[round][racer] = f
		}
		return nil
	})
	return answers[:end.Load()]
}
