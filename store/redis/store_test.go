package redis_test

import (
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/storetest"
)

func TestStoreOverMiniredis(t *testing.T) { storetest.Run(t, miniOpener) }

func TestStoreOverServer(t *testing.T) { storetest.Run(t, opener(dial(t, startServer(t)))) }

func TestStoreOverSentinel(t *testing.T) {
	storetest.Run(t, opener(dialSentinel(t, redistest.TestSentinel(t))))
}

func TestStoreOverCluster(t *testing.T) {
	storetest.Run(t, opener(dialCluster(t, redistest.TestCluster(t))))
}

func BenchmarkStore(b *testing.B) { storetest.Benchmark(b, opener(dial(b, startServer(b)))) }

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// create creates an experiment named button.
func create(tb testing.TB, s store.Store) store.Record {
	tb.Helper()
	r := store.Record{
		Name: "button", Version: 7, Alternatives: []string{"red", "blue"}, Salt: "button", Created: noon, Traffic: 1,
		Epoch: store.Epoch{Number: 1, Start: noon},
	}
	participate(tb, s, store.Participation{Experiment: r.Name, Record: &r, Choice: store.None})
	return r
}

func in(r store.Record, client string, choice int) store.Participation {
	return store.Participation{Experiment: r.Name, Client: client, Version: r.Version, Choice: choice, Epoch: r.Epoch.Number, At: noon}
}

func worth(r store.Record, client, kpi string, v store.Amount) store.Conversion {
	return store.Conversion{Experiment: r.Name, Client: client, Version: r.Version, KPI: kpi, Value: v, HasValue: true, At: noon}
}

func participate(tb testing.TB, s store.Store, p store.Participation) store.Facts {
	tb.Helper()
	f, err := s.Participate(tb.Context(), p)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func convert(tb testing.TB, s store.Store, c store.Conversion) store.Facts {
	tb.Helper()
	f, err := s.Convert(tb.Context(), c)
	if err != nil {
		tb.Fatal(err)
	}
	return f
}

func counts(tb testing.TB, s store.Store, name string) store.Counts {
	tb.Helper()
	r, err := s.Counts(tb.Context(), name)
	if err != nil {
		tb.Fatal(err)
	}
	if len(r) != 1 {
		tb.Fatalf("Counts(%q) returned %d counts, want 1", name, len(r))
	}
	return r[0]
}
