package storetest

import (
	"context"
	"fmt"
	"sync/atomic"

	"github.com/sixpack-go/sixpack/store"
)

func firstProposalWins(s subject) {
	r := s.create("button", "red", "blue")
	answers := inStep(s.t, 10_000, func(ctx context.Context, racer, round int) (store.Facts, error) {
		return s.store.Participate(ctx, in(r, uuid(round), racer))
	})
	for round, f := range answers {
		won := f[0]
		if f[1].Wrote {
			won = f[1]
		}
		if f[0].Wrote == f[1].Wrote || f[0].Choice != f[1].Choice || s.lookup("button", uuid(round)).Choice != won.Choice {
			s.t.Fatalf("two raced for a client in round %d and got %+v and %+v; the store has %+v",
				round, f[0], f[1], s.lookup("button", uuid(round)))
		}
	}
	s.audit("button")
}

func firstRecordWins(s subject) {
	records := [2]store.Record{newRecord("", "red", "blue"), newRecord("", "blue", "red")}
	records[1].Version = 1000
	name := func(round int) string { return fmt.Sprint("button ", round) }
	answers := inStep(s.t, 500, func(ctx context.Context, racer, round int) (store.Facts, error) {
		r := records[racer].Clone()
		r.Name = name(round)
		p := in(r, "client", racer)
		p.Version, p.Record = 0, &r
		return s.store.Participate(ctx, p)
	})
	for round, f := range answers {
		now := s.lookup(name(round), "client")
		winner := 0
		if f[1].Wrote {
			winner = 1
		}
		if f[0].Wrote == f[1].Wrote || f[0].Version != f[1].Version || now.Version != records[winner].Version ||
			now.Choice != winner || f[0].Choice != winner || f[1].Choice != winner {
			s.t.Fatalf("two created experiment %d at once and got %+v and %+v; the store has %+v", round, f[0], f[1], now)
		}
		s.audit(name(round))
	}
}

func newClientsCountedOnce(s subject) {
	const callers, clients = 64, 50
	r := s.create("button", "red", "blue")
	var wrote [clients]atomic.Int64
	var choices [clients][2]atomic.Int64 // number of callers that got this choice
	together(s.t, callers, func(caller int) error {
		for i := range rounds(clients) {
			f, err := s.store.Participate(s.t.Context(), in(r, uuid(i), caller%2))
			if err != nil {
				return err
			}
			if f.Choice != 0 && f.Choice != 1 {
				return fmt.Errorf("a participant got choice %d", f.Choice)
			}
			choices[i][f.Choice].Add(1)
			if f.Wrote {
				wrote[i].Add(1)
			}
		}
		return nil
	})
	var seen int64
	for i := range clients {
		red, blue := choices[i][0].Load(), choices[i][1].Load()
		if red > 0 && blue > 0 {
			s.t.Errorf("client %d got red %d times and blue %d times", i, red, blue)
		}
		if red+blue > 0 {
			seen++
			if n := wrote[i].Load(); n != 1 {
				s.t.Errorf("client %d was written %d times, want 1", i, n)
			}
		}
	}
	s.checkParticipants("button", seen)
	s.audit("button")
}

// lateWritersWriteNothing has clients participate while a record changes. The data right after
// the change must equal the data after all calls have returned.
func lateWritersWriteNothing(s subject) {
	changes := []struct {
		name   string
		change func(store.Record) bool
	}{
		{"Save", func(r store.Record) bool { return s.save(r).Wrote }},
		{"Clear", func(r store.Record) bool { return s.clear(r, false).Wrote }},
		{"Delete", func(r store.Record) bool { return s.delete(r.Name) }},
	}
	for _, c := range changes {
		r := s.create(c.name, "red", "blue")
		const writers = 8
		var wrote, ended atomic.Int64
		wait := begin(writers, func(i int) error {
			defer ended.Add(1)
			return s.write(r, i, &wrote)
		})
		waitFor(func() bool { return wrote.Load() >= 2*writers || ended.Load() > 0 })
		if !c.change(r) {
			s.t.Fatalf("%s of the present version changed nothing", c.name)
		}
		before := s.state()
		wait(s.t)
		if after := s.state(); after != before {
			s.t.Errorf("clients came in after %s was done; the store held\n%s\nand then\n%s", c.name, before, after)
		}
		if c.name == "Save" {
			s.checkParticipants(r.Name, wrote.Load())
			s.audit(r.Name)
		}
	}
}

func (s subject) checkParticipants(experiment string, want int64) {
	s.t.Helper()
	var got int64
	for _, a := range s.counts(experiment).Alternatives {
		got += a.Participants()
	}
	if got != want {
		s.t.Errorf("%s: %d participants are counted, want %d", experiment, got, want)
	}
}

// write has new clients participate until the version of r is stale.
func (s subject) write(r store.Record, writer int, wrote *atomic.Int64) error {
	for i := 0; ; i++ {
		f, err := s.store.Participate(s.t.Context(), in(r, uuid(i*100+writer), i%2))
		if err != nil || f.Version != r.Version {
			return err
		}
		if f.Wrote {
			wrote.Add(1)
		}
	}
}
