package simulation_test

import (
	"math/rand/v2"
	"runtime"
	"sync"
	"sync/atomic"
)

// repeated returns in how many of n runs once is true. A run depends only on the seed and its number.
func repeated(n int, seed uint64, once func(dice *rand.Rand) bool) int {
	var seen, next atomic.Int64
	var workers sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		workers.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				far := rand.NewPCG(seed, uint64(i))
				if once(rand.New(rand.NewPCG(far.Uint64(), far.Uint64()))) {
					seen.Add(1)
				}
			}
		})
	}
	workers.Wait()
	return int(seen.Load())
}
