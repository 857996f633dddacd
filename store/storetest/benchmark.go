package storetest

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

const (
	benchClients = 1000
	benchCallers = 32 // per processor
)

// Benchmark measures the stores that open returns; see [Run].
func Benchmark(b *testing.B, open func(tb testing.TB) store.Store) {
	b.Run("ExistingClient", func(b *testing.B) { benchmarkExisting(b, open(b)) })
	b.Run("NewClient", func(b *testing.B) { benchmarkNew(b, open(b)) })
	b.Run("Convert", func(b *testing.B) { benchmarkConvert(b, open(b)) })
	b.Run("Counts", func(b *testing.B) { benchmarkCounts(b, open(b)) })
}

func benchmarkExisting(b *testing.B, s store.Store) {
	r := load(b, s)
	ids := benchIDs(benchClients)
	parallel(b, func(i int) error {
		f, err := s.Participate(b.Context(), in(r, ids[i%benchClients], 0))
		if err == nil && (f.Wrote || f.Choice < 0) {
			return fmt.Errorf("a known client got %+v", f)
		}
		return err
	})
}

func benchmarkNew(b *testing.B, s store.Store) {
	r := load(b, s)
	const prefix = "00000000-3f6a-4c2e-9b1d-00" // followed by ten digits
	parallel(b, func(i int) error {
		f, err := s.Participate(b.Context(), in(r, prefix+strconv.FormatInt(int64(i)+1e11, 16), i%2))
		if err == nil && !f.Wrote {
			return fmt.Errorf("a new client got %+v", f)
		}
		return err
	})
}

func benchmarkConvert(b *testing.B, s store.Store) {
	r := load(b, s)
	ids := benchIDs(benchClients)
	parallel(b, func(i int) error {
		f, err := s.Convert(b.Context(), worth(r, ids[i%benchClients], "revenue", 1e6))
		if err == nil && !f.Wrote {
			return fmt.Errorf("a conversion got %+v", f)
		}
		return err
	})
}

// benchmarkCounts reads the counts of a quarter of a year, of two alternatives with two KPIs.
func benchmarkCounts(b *testing.B, s store.Store) {
	load(b, s)
	for b.Loop() {
		if _, err := s.Counts(b.Context(), "button"); err != nil {
			b.Fatal(err)
		}
	}
}

func load(b *testing.B, s store.Store) store.Record {
	b.Helper()
	r := newRecord("button", "red", "blue")
	i := store.Import{Record: r}
	for n, id := range benchIDs(benchClients) {
		day := store.DayOf(noon.Add(time.Duration(n%90) * 24 * time.Hour))
		i.Clients = append(i.Clients, store.Client{ID: id, Choice: n % 2, Epoch: 1, Day: day, Conversions: []store.ClientConversion{
			{KPI: "", Day: day, Events: 1},
			{KPI: "revenue", Day: day, Events: 1, Total: 12_500_000},
		}})
	}
	if _, err := s.Import(b.Context(), i); err != nil {
		b.Fatal(err)
	}
	return r
}

func benchIDs(n int) []string {
	ids := make([]string, n)
	for i := range ids {
		ids[i] = uuid(i)
	}
	return ids
}

// parallel calls f with 0, 1, 2, … from many goroutines.
func parallel(b *testing.B, f func(i int) error) {
	b.Helper()
	b.ReportAllocs()
	b.SetParallelism(benchCallers)
	var next atomic.Int64
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if err := f(int(next.Add(1) - 1)); err != nil {
				b.Error(err)
				return
			}
		}
	})
}
