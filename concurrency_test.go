package sixpack_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/teststore"
)

// TestSameNewClientsAtOnce has 64 goroutines send the same 10,000 new clients, through two
// engines over one store. The experiment draws at random, so that only the store can make the
// answers agree.
func TestSameNewClientsAtOnce(t *testing.T) {
	stores := map[string]teststore.Opener{"memory": teststore.Memory, "bolt": teststore.Bolt}
	for name, open := range stores {
		t.Run(name, func(t *testing.T) {
			const goroutines, clients = 64, 10_000
			s := open(t)
			engines := [2]*sixpack.Engine{sixpack.New(s, sixpack.Config{}), sixpack.New(s, sixpack.Config{})}
			x := sixpack.Experiment{Name: "x", Alternatives: []string{"a", "b", "c"}, Algorithm: "random"}
			answered := make([]atomic.Pointer[string], clients) // the alternative of each
			var assigned atomic.Int64
			var group sync.WaitGroup
			for g := range goroutines {
				group.Go(func() {
					for i := range clients {
						client := (i + g*clients/goroutines) % clients
						a, err := engines[g%2].Participate(context.Background(), x, fmt.Sprint("client-", client))
						if err != nil {
							t.Error(err)
							return
						}
						if !answered[client].CompareAndSwap(nil, &a.Alternative) && *answered[client].Load() != a.Alternative {
							t.Errorf("client %d got %s and %s", client, *answered[client].Load(), a.Alternative)
						}
						if a.Reason == sixpack.ReasonAssigned {
							assigned.Add(1)
						}
					}
				})
			}
			group.Wait()
			if assigned.Load() != clients || participants(t, engines[0], "x") != clients {
				t.Errorf("%d assigned, %d participants, want %d", assigned.Load(), participants(t, engines[0], "x"), clients)
			}
		})
	}
}
