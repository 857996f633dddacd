package sixpack_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

func BenchmarkParticipate(b *testing.B) {
	clients := make([]string, 1<<14)
	for i := range clients {
		clients[i] = fmt.Sprintf("%08x-0000-4000-8000-%012x", i*7919, i)
	}
	e := sixpack.New(new(memory.Store), sixpack.Config{})
	for _, c := range clients {
		participate(b, e, button, c)
	}
	b.Run("existing", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if _, err := e.Participate(b.Context(), button, clients[i%len(clients)]); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("new", func(b *testing.B) {
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if _, err := e.Participate(b.Context(), button, fmt.Sprintf("%08x-0000-4000-8000-%012x", i, i)); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkAnalyze is everything that is said of an experiment of five
// alternatives.
func BenchmarkAnalyze(b *testing.B) {
	counts := counted([2]int64{10000, 500}, [2]int64{10000, 560}, [2]int64{10000, 590}, [2]int64{10000, 480}, [2]int64{10000, 530})
	for b.Loop() {
		sixpack.Analyze(counts, "", lastOfMay)
	}
}

// BenchmarkSummaries is what is said of 500 experiments in a list, each with 30
// days and two to five alternatives.
func BenchmarkSummaries(b *testing.B) {
	ctx, st := b.Context(), new(memory.Store)
	for i := range 500 {
		arms := make([][2]int64, 2+max(0, i%10-6))
		for j := range arms {
			arms[j] = [2]int64{int64(10000 + i), int64(500 + i*j/10)}
		}
		counts := counted(arms...)
		counts.Record.Name, counts.Record.Version = fmt.Sprint("exp-", i), 1
		if _, err := st.Import(ctx, store.Import{Record: counts.Record, Counts: &counts}); err != nil {
			b.Fatal(err)
		}
	}
	e := sixpack.New(st, sixpack.Config{Now: func() time.Time { return lastOfMay }})
	for b.Loop() {
		all, err := e.Summaries(ctx)
		if err != nil || len(all) != 500 || all[0].Participants < 20000 {
			b.Fatal(len(all), err)
		}
	}
}
