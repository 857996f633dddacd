package redis_test

import (
	"fmt"
	"strconv"
	"sync/atomic"
	"testing"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/store"
)

const benchClients = 100_000

// BenchmarkBesideGet measures participations beside a plain GET by the same client, for each way
// in which rueidis can send commands.
func BenchmarkBesideGet(b *testing.B) {
	for name, change := range map[string]func(*rueidis.ClientOption){
		"Default":   func(*rueidis.ClientOption) {},
		"Always":    func(o *rueidis.ClientOption) { o.AlwaysPipelining = true },
		"OneConn":   func(o *rueidis.ClientOption) { o.PipelineMultiplex = -1 },
		"EightConn": func(o *rueidis.ClientOption) { o.PipelineMultiplex = 3 },
		"Never":     func(o *rueidis.ClientOption) { o.DisableAutoPipelining = true },
	} {
		b.Run(name, func(b *testing.B) {
			client := dial(b, startServer(b), change)
			s := open(b, client, "sixpack")
			r := create(b, s)
			load(b, s, r, benchClients)
			if err := client.Do(b.Context(), client.B().Set().Key("small").Value("value").Build()).Error(); err != nil {
				b.Fatal(err)
			}
			b.Run("Get", func(b *testing.B) {
				callers64(b, func(int) error {
					return client.Do(b.Context(), client.B().Get().Key("small").Build()).Error()
				})
			})
			b.Run("Repeat", func(b *testing.B) {
				callers64(b, func(i int) error {
					_, err := s.Participate(b.Context(), in(r, uuid(i%benchClients), 0))
					return err
				})
			})
			var generation atomic.Int64 // a new one for each run of the benchmark
			b.Run("New", func(b *testing.B) {
				first := int(generation.Add(1)) * 10_000_000
				callers64(b, func(i int) error {
					f, err := s.Participate(b.Context(), in(r, uuid(first+i), i%2))
					if err == nil && !f.Wrote {
						return fmt.Errorf("a new client got %+v", f)
					}
					return err
				})
			})
			b.Run("Convert", func(b *testing.B) {
				callers64(b, func(i int) error {
					_, err := s.Convert(b.Context(), worth(r, uuid(i%benchClients), "revenue", 12_500_000))
					return err
				})
			})
		})
	}
}

// callers64 calls f with 0, 1, 2, … from 64 goroutines.
func callers64(b *testing.B, f func(i int) error) {
	b.Helper()
	b.SetParallelism(32) // on each of two processors
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

// BenchmarkYearOfCounts reports how long the server takes to send the counts of a year, of five
// alternatives with ten KPIs.
func BenchmarkYearOfCounts(b *testing.B) {
	client := dial(b, startServer(b))
	s := open(b, client, "sixpack")
	r := store.Record{Name: "year", Version: 1, Alternatives: []string{"a", "b", "c", "d", "e"}, Epoch: store.Epoch{Number: 1}}
	part := store.Import{Record: r}
	for i := range 365 * len(r.Alternatives) {
		day := store.DayOf(noon.AddDate(0, 0, i/len(r.Alternatives)))
		c := store.Client{ID: uuid(i), Choice: i % len(r.Alternatives), Epoch: 1, Day: day}
		for k := range 10 {
			c.Conversions = append(c.Conversions, store.ClientConversion{KPI: "kpi " + strconv.Itoa(k), Day: day, Events: 2, Total: 5e6})
		}
		part.Clients = append(part.Clients, c)
	}
	if _, err := s.Import(b.Context(), part); err != nil {
		b.Fatal(err)
	}
	if err := client.Do(b.Context(), client.B().ConfigResetstat().Build()).Error(); err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if got := counts(b, s, r.Name).Alternatives[4].KPI("kpi 9").Converted(); got != 365 {
			b.Fatalf("%d clients converted, want 365", got)
		}
	}
	b.ReportMetric(usec(b, client, "hgetall")/float64(b.N), "server-µs/op")
}

// usec returns the total time that the server has taken for a command.
func usec(tb testing.TB, client rueidis.Client, command string) float64 {
	tb.Helper()
	text, err := client.Do(tb.Context(), client.B().Info().Section("commandstats").Build()).ToString()
	if err != nil {
		tb.Fatal(err)
	}
	var calls int
	var took float64
	for line := range lines(text, "cmdstat_"+command+":") {
		if _, err := fmt.Sscanf(line, "calls=%d,usec=%f", &calls, &took); err != nil {
			tb.Fatal(err)
		}
	}
	return took
}
