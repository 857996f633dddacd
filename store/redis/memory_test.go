package redis_test

import (
	"fmt"
	"testing"

	"github.com/sixpack-go/sixpack/store"
)

// maxBytes limits the bytes per client in Redis if a tenth of the clients have converted. With
// few clients there are many buckets of one client, which take more.
var maxBytes = map[int]float64{1000: 400, 100_000: 50, 1_000_000: 32}

func TestMemory(t *testing.T) {
	const clients = 100_000
	if got := bytesPerClient(t, clients); got > maxBytes[clients] {
		t.Errorf("each of %d clients takes %.1f bytes, want no more than %v", clients, got, maxBytes[clients])
	}
}

// BenchmarkMemory reports the number of bytes per client.
func BenchmarkMemory(b *testing.B) {
	for clients, limit := range maxBytes {
		b.Run(fmt.Sprint(clients), func(b *testing.B) {
			for b.Loop() {
				got := bytesPerClient(b, clients)
				b.ReportMetric(got, "B/client")
				if got > limit {
					b.Errorf("each of %d clients takes %.1f bytes, want no more than %v", clients, got, limit)
				}
			}
		})
	}
}

func bytesPerClient(tb testing.TB, clients int) float64 {
	tb.Helper()
	client := dial(tb, startServer(tb))
	used := func() int64 {
		tb.Helper()
		n, err := info(client, "memory", "used_memory")
		if err != nil {
			tb.Fatal(err)
		}
		return n
	}
	s := open(tb, client, "sixpack")
	r := create(tb, s)
	before := used()
	load(tb, s, r, clients)
	return float64(used()-before) / float64(clients)
}

// load imports clients with UUIDs over a month, of which every tenth has converted.
func load(tb testing.TB, s store.Store, r store.Record, clients int) {
	tb.Helper()
	for first := 0; first < clients; first += 10_000 {
		part := store.Import{Record: r}
		for i := first; i < min(first+10_000, clients); i++ {
			c := store.Client{ID: uuid(i), Choice: i % 2, Epoch: 1, Day: store.DayOf(noon.AddDate(0, 0, i%30))}
			if i%10 == 0 {
				c.Conversions = []store.ClientConversion{{KPI: "", Day: c.Day, Events: 1}}
			}
			part.Clients = append(part.Clients, c)
		}
		if _, err := s.Import(tb.Context(), part); err != nil {
			tb.Fatal(err)
		}
	}
}

// uuid returns client ID number i, in the form of a UUID.
func uuid(i int) string {
	return fmt.Sprintf("%08x-%04x-4c2e-9b1d-%012x", uint32(i)*2654435761, uint16(i*40503), uint64(i)*0x9E3779B97F4A7C15>>16)
}
