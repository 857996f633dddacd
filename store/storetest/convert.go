package storetest

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"sync/atomic"

	"github.com/sixpack-go/sixpack/store"
)

func convertOnce(s subject) {
	r := s.create("button", "red", "blue")
	s.participate(in(r, "a", 0))
	s.participate(in(r, "b", 1))
	later := by(r, "a", "")
	later.At = noon.AddDate(0, 0, 1)
	for _, c := range []store.Conversion{by(r, "a", ""), by(r, "a", ""), later, by(r, "a", "purchase"), by(r, "b", "purchase")} {
		if f := s.convert(c); !f.Wrote {
			s.t.Errorf("a conversion of %s for KPI %q was not counted: %+v", c.Client, c.KPI, f)
		}
	}
	red := s.counts("button").Alternatives[0]
	if got, want := describeDays(red.KPI("")), "{2026-03-01 1 2} {2026-03-02 0 1}"; got != want {
		s.t.Errorf("three conversions of one client on two days are counted as %v, want %v", got, want)
	}
	if n := red.KPI("purchase").Converted(); n != 1 {
		s.t.Errorf("%d clients converted for another KPI, want 1", n)
	}
	s.audit("button")
	s.convertTogether(r)
}

func (s subject) convertTogether(r store.Record) {
	s.t.Helper()
	const clients = 20
	for i := range clients {
		s.participate(in(r, uuid(i), 1))
	}
	var events atomic.Int64
	together(s.t, 16, func(int) error {
		for i := range rounds(clients) {
			f, err := s.store.Convert(s.t.Context(), worth(r, uuid(i), "together", 3))
			if err != nil {
				return err
			}
			if f.Wrote {
				events.Add(1)
			}
		}
		return nil
	})
	if got := s.counts("button").Alternatives[1].KPI("together").Events(); got != events.Load() {
		s.t.Errorf("%d conversions are counted of %d that were acknowledged", got, events.Load())
	}
	s.audit("button")
}

func refusedConversionWritesNothing(s subject) {
	r := s.create("button", "red", "blue")
	s.participate(in(r, "client", 0))
	s.participate(in(r, "out", store.Out))
	reserve := in(r, "reserved", 1)
	reserve.Reserve = true
	s.participate(reserve)
	stale, unknown := r, r
	stale.Version--
	unknown.Name = "link"
	for what, c := range map[string]store.Conversion{
		"conversion of a stranger":               by(r, "stranger", "purchase"),
		"conversion of a client who is out":      by(r, "out", "purchase"),
		"conversion of a reservation":            by(r, "reserved", "purchase"),
		"conversion of an old version":           by(stale, "client", "purchase"),
		"conversion in an experiment not there":  by(unknown, "client", "purchase"),
		"valuable conversion of a stranger":      worth(r, "stranger", "", 1e6),
		"valuable conversion of one who is out":  worth(r, "out", "", 1e6),
		"valuable conversion of a reservation":   worth(r, "reserved", "", 1e6),
		"valuable conversion of an old version":  worth(stale, "client", "", 1e6),
		"valuable conversion without experiment": worth(unknown, "client", "", 1e6),
	} {
		s.unchanged(what, func() {
			if f := s.convert(c); f.Wrote || f.Overflow {
				s.t.Errorf("%s: got %+v", what, f)
			}
		})
	}
}

// valuesExact compares sums with those of separately kept totals.
func valuesExact(s subject) {
	const clients = 12
	dice := rand.New(rand.NewPCG(2026, 3)) //nolint:gosec // A test is to do the same each time.
	r := s.create("button", "red", "blue")
	later := s.update("button", func(r *store.Record) { r.Epoch.Number = 2 })
	r.Version = later.Version
	totals := make(map[string]store.Amount)
	for i := range clients {
		record := [...]store.Record{r, later}[i/2%2] // entering in one of two epochs
		s.participate(in(record, uuid(i), i%2))
	}
	for range rounds(600) {
		client := uuid(dice.IntN(clients))
		v := anyAmount(dice, totals[client])
		if f := s.convert(worth(later, client, "revenue", v)); !f.Wrote || f.Overflow {
			s.t.Fatalf("%v on top of %v: got %+v", v, totals[client], f)
		}
		totals[client] += v
	}

	want := make(tally)
	for i := range clients {
		total, ok := totals[uuid(i)]
		if !ok {
			continue
		}
		x := big.NewInt(int64(total))
		where := fmt.Sprintf("alternative %d, KPI %q in epoch %d: ", i%2, "revenue", 1+i/2%2)
		want.addf(x, "%ssum", where)
		want.addf(new(big.Int).Mul(x, x), "%ssquares", where)
		want.addf(big.NewInt(int64(x.CmpAbs(new(big.Int)))), "%snot zero", where)
	}
	got := tallyOf(s.counts("button"))
	for what, w := range want {
		if g := got.at(what); g.Cmp(w) != 0 {
			s.t.Errorf("%s: got %v, want %v", what, g, w)
		}
	}
	for _, c := range s.clients("button") {
		for _, v := range c.Conversions {
			if v.Total != totals[c.ID] {
				s.t.Errorf("client %s: total %v, want %v", c.ID, v.Total, totals[c.ID])
			}
		}
	}
	s.audit("button")
}

// anyAmount returns a value to convert with: zero, small, large, negative, or a refund of the
// total.
func anyAmount(dice *rand.Rand, total store.Amount) store.Amount {
	sign := store.Amount(1 - 2*dice.IntN(2))
	switch dice.IntN(6) {
	case 0:
		return 0
	case 1:
		return sign
	case 2:
		return sign * store.MaxValue
	case 3:
		if max(total, -total) <= store.MaxValue {
			return -total
		}
		fallthrough
	case 4:
		return sign * store.Amount(dice.Int64N(int64(store.MaxValue)))
	}
	return sign * store.Amount(dice.Int64N(1e8))
}

func overflowWritesNothing(s subject) {
	r := newRecord("button", "red", "blue")
	full := func(id string, total store.Amount) store.Client {
		return store.Client{ID: id, Choice: 1, Epoch: 1, Day: today, Conversions: []store.ClientConversion{{KPI: "revenue", Day: today, Events: 1, Total: total}}}
	}
	s.imports(store.Import{Record: r, Clients: []store.Client{full("rich", store.MaxTotal-10), full("poor", -store.MaxTotal+10)}})
	overflow := store.Facts{Version: r.Version, Choice: 1, Epoch: 1, Overflow: true}
	s.unchanged("a value beyond the total", func() {
		s.expect("too rich", s.convert(worth(r, "rich", "revenue", 11)), overflow)
		s.expect("much too rich", s.convert(worth(r, "rich", "revenue", store.MaxValue)), overflow)
		s.expect("too poor", s.convert(worth(r, "poor", "revenue", -11)), overflow)
		s.expect("much too poor", s.convert(worth(r, "poor", "revenue", -store.MaxValue)), overflow)
	})
	wrote := store.Facts{Version: r.Version, Choice: 1, Epoch: 1, Wrote: true}
	s.expect("just rich", s.convert(worth(r, "rich", "revenue", 10)), wrote)
	s.expect("just poor", s.convert(worth(r, "poor", "revenue", -10)), wrote)
	s.expect("without a value", s.convert(by(r, "rich", "revenue")), wrote)
	s.expect("for another KPI", s.convert(worth(r, "rich", "tips", 11)), wrote)
	s.audit("button")
}
