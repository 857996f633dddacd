package analysis_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// BenchmarkNew analyzes an experiment with five alternatives.
func BenchmarkNew(b *testing.B) {
	counts := counted([2]int64{10000, 500}, [2]int64{10000, 560}, [2]int64{10000, 590}, [2]int64{10000, 480}, [2]int64{10000, 530})
	for b.Loop() {
		analysis.New(counts, "", lastOfMay)
	}
}

// BenchmarkReports summarizes 500 experiments, each with 30 days and two to five alternatives.
func BenchmarkReports(b *testing.B) {
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
		all, err := e.Reports(ctx)
		if err != nil || len(all) != 500 || all[0].Participants < 20000 {
			b.Fatal(len(all), err)
		}
	}
}
