package memory_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
	"github.com/sixpack-go/sixpack/store/storetest"
)

func open(tb testing.TB) store.Store {
	s := new(memory.Store)
	tb.Cleanup(func() {
		if err := s.Close(); err != nil {
			tb.Errorf("Close: %v", err)
		}
	})
	return s
}

func TestStore(t *testing.T) { storetest.Run(t, open) }

func BenchmarkStore(b *testing.B) { storetest.Benchmark(b, open) }

func newRecord() store.Record {
	return store.Record{
		Name:         "button",
		Version:      1,
		Alternatives: []string{"red", "blue"},
		Salt:         "button",
		Traffic:      1,
		Epoch:        store.Epoch{Number: 1},
	}
}

func participation(client string, choice int) store.Participation {
	return store.Participation{Experiment: "button", Client: client, Version: 1, Choice: choice, Epoch: 1, At: time.Unix(0, 0).UTC()}
}

func create(tb testing.TB, s store.Store) {
	tb.Helper()
	if _, err := s.Import(tb.Context(), store.Import{Record: newRecord()}); err != nil {
		tb.Fatal(err)
	}
}

func TestKnownClientAllocatesNothing(t *testing.T) {
	s := open(t)
	create(t, s)
	for _, client := range []string{"3f6ab7c1-9d2e-4c58-a1f0-6b5e8d7c9a21", "someone"} {
		p := participation(client, 1)
		ctx := t.Context()
		allocs := testing.AllocsPerRun(100, func() {
			if _, err := s.Participate(ctx, p); err != nil {
				t.Fatal(err)
			}
		})
		if allocs != 0 {
			t.Errorf("Participate of known client %q allocates %v times, want 0", client, allocs)
		}
	}
}

// TestImpossibleArgumentsRefused passes arguments that the engine never passes and that could not
// be counted.
func TestImpossibleArgumentsRefused(t *testing.T) {
	s := open(t)
	create(t, s)
	tests := map[string]func(*store.Participation){
		"alternative not there":         func(p *store.Participation) { p.Choice = 2 },
		"alternative beyond 16 bits":    func(p *store.Participation) { p.Choice = 1 << 16 },
		"less than nothing":             func(p *store.Participation) { p.Choice = -3 },
		"reservation of no alternative": func(p *store.Participation) { p.Choice, p.Reserve = store.Out, true },
		"record of another experiment":  func(p *store.Participation) { p.Record = &store.Record{Name: "link"} },
		"first record without a version": func(p *store.Participation) {
			p.Experiment, p.Version, p.Record = "link", 0, &store.Record{Name: "link"}
			p.Choice = store.None
		},
	}
	for name, change := range tests {
		t.Run(name, func(t *testing.T) {
			p := participation("client", 0)
			change(&p)
			f, err := s.Participate(t.Context(), p)
			if !errors.Is(err, store.ErrInvalid) || f != (store.Facts{}) {
				t.Errorf("got %+v, %v; want ErrInvalid", f, err)
			}
			if f, err := s.Lookup(t.Context(), "button", "client"); f.Choice != store.None || err != nil {
				t.Errorf("afterwards the client has %+v, %v", f, err)
			}
		})
	}
}

// BenchmarkMemory reports the number of bytes per client.
func BenchmarkMemory(b *testing.B) {
	for name, id := range map[string]func(i int) string{
		"UUID":  func(i int) string { return fmt.Sprintf("%08x-3f6a-4c2e-9b1d-%012x", i*2654435761&0xffffffff, i) },
		"other": func(i int) string { return fmt.Sprintf("visitor-%012d", i) },
	} {
		b.Run(name, func(b *testing.B) {
			const clients = 200_000
			for b.Loop() {
				s := new(memory.Store)
				create(b, s)
				before := heap()
				for i := range clients {
					if _, err := s.Participate(b.Context(), participation(id(i), i%2)); err != nil {
						b.Fatal(err)
					}
				}
				b.ReportMetric(float64(heap()-before)/clients, "B/client")
				runtime.KeepAlive(s)
			}
		})
	}
}

func heap() uint64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

func Example() {
	ctx := context.Background()
	s := new(memory.Store)

	record := newRecord()
	p := participation("a client", 1)
	p.Version, p.Record = 0, &record // the first call creates the experiment
	facts, err := s.Participate(ctx, p)
	if err != nil {
		panic(err)
	}
	fmt.Println(record.Alternatives[facts.Choice], facts.Wrote)

	facts, err = s.Participate(ctx, participation("a client", 0)) // the client already has an alternative
	if err != nil {
		panic(err)
	}
	fmt.Println(record.Alternatives[facts.Choice], facts.Wrote)
	// Output:
	// blue true
	// blue false
}
