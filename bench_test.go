package sixpack_test

import (
	"fmt"
	"testing"

	"github.com/sixpack-go/sixpack"
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
