package storetest

import (
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack/store"
)

// state describes all data of a store as text.
func (s subject) state() string {
	s.t.Helper()
	counts, err := s.store.Counts(s.t.Context())
	s.must(err)
	var b strings.Builder
	for _, r := range counts {
		b.WriteString(describe(r))
		b.WriteString(describeClients(s.clients(r.Record.Name)))
		b.WriteString(describeChanges(s.log(r.Record.Name)))
	}
	return b.String()
}

// describe returns counts as text. Equal counts can differ as Go values: in nil slices, the
// internals of a big.Int, or the location of a time.
func describe(r store.Counts) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  excluded %d\n", describeRecord(r.Record), r.Excluded)
	for _, e := range r.Epochs {
		fmt.Fprintf(&b, "  epoch %d since %v %v\n", e.Number, e.Start.UTC(), e.Weights)
	}
	for i, a := range r.Alternatives {
		fmt.Fprintf(&b, "  alternative %d: days %v epochs %v\n", i, a.Days, a.Epochs)
		for _, k := range a.KPIs {
			fmt.Fprintf(&b, "    KPI %q: days %v epochs", k.KPI, k.Days)
			for _, e := range k.Epochs {
				fmt.Fprintf(&b, " {%d %d %d %v %v}", e.Epoch, e.Converted, e.NonZero, e.Sum, e.Squares)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

func describeRecord(r store.Record) string {
	r.Created, r.Epoch.Start = r.Created.UTC(), r.Epoch.Start.UTC()
	r.Ramp.Since, r.Ramp.Next = r.Ramp.Since.UTC(), r.Ramp.Next.UTC()
	r.Look.At, r.Mismatch.At, r.Mismatch.Acknowledged = r.Look.At.UTC(), r.Mismatch.At.UTC(), r.Mismatch.Acknowledged.UTC()
	text, err := json.Marshal(r)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func describeClients(clients []store.Client) string {
	clients = slices.SortedFunc(slices.Values(clients), func(a, b store.Client) int { return cmp.Compare(a.ID, b.ID) })
	var b strings.Builder
	for _, c := range clients {
		if c.Choice < 0 {
			c.Epoch = 0
		}
		if c.Reserved {
			c.Day = 0 // the client has not participated yet
		}
		fmt.Fprintf(&b, "  client %q: %d epoch %d day %v reserved %t", c.ID, c.Choice, c.Epoch, c.Day, c.Reserved)
		for _, v := range slices.SortedFunc(slices.Values(c.Conversions), func(a, b store.ClientConversion) int { return cmp.Compare(a.KPI, b.KPI) }) {
			fmt.Fprintf(&b, " %q since %v: %d, %d", v.KPI, v.Day, v.Events, int64(v.Total))
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// audit tests that the counts of an experiment agree with its clients. That does not hold if
// clients were deleted or counts were imported without clients.
func (s subject) audit(experiment string) {
	s.t.Helper()
	r := s.counts(experiment)
	s.checkShape(r)
	got, want := tallyOf(r), recount(s.clients(experiment))
	for _, what := range slices.Sorted(maps.Keys(union(got, want))) {
		if g, w := got.at(what), want.at(what); g.Cmp(w) != 0 {
			s.t.Errorf("%s: %s: the counts are %v, clients %v", experiment, what, g, w)
		}
	}
}

// checkShape tests the order and completeness of counts.
func (s subject) checkShape(r store.Counts) {
	s.t.Helper()
	name := r.Record.Name
	if len(r.Alternatives) != len(r.Record.Alternatives) {
		s.t.Fatalf("%s: counts of %d alternatives, want %d", name, len(r.Alternatives), len(r.Record.Alternatives))
	}
	if !slices.IsSortedFunc(r.Epochs, func(a, b store.Epoch) int { return cmp.Compare(a.Number, b.Number) }) ||
		len(r.Epochs) == 0 || r.Epochs[len(r.Epochs)-1].Number != r.Record.Epoch.Number {
		s.t.Errorf("%s: epochs %v, want them by number and the present one, %d, last", name, r.Epochs, r.Record.Epoch.Number)
	}
	for _, a := range r.Alternatives {
		s.checkAlternative(name, a)
		if kpis := kpisOf(a); !slices.Equal(kpis, r.Record.KPIs) {
			s.t.Errorf("%s: counts of KPIs %q, want %q", name, kpis, r.Record.KPIs)
		}
	}
}

func (s subject) checkAlternative(name string, a store.AlternativeCounts) {
	s.t.Helper()
	ascending := slices.IsSortedFunc(a.Days, func(a, b store.DayParticipants) int { return cmp.Compare(a.Day, b.Day) }) &&
		slices.IsSortedFunc(a.Epochs, func(a, b store.EpochParticipants) int { return cmp.Compare(a.Epoch, b.Epoch) })
	zero := slices.ContainsFunc(a.Days, func(d store.DayParticipants) bool { return d.Participants == 0 }) ||
		slices.ContainsFunc(a.Epochs, func(e store.EpochParticipants) bool { return e.Participants == 0 })
	for _, k := range a.KPIs {
		ascending = ascending &&
			slices.IsSortedFunc(k.Days, func(a, b store.DayConversions) int { return cmp.Compare(a.Day, b.Day) }) &&
			slices.IsSortedFunc(k.Epochs, func(a, b store.EpochConversions) int { return cmp.Compare(a.Epoch, b.Epoch) })
		zero = zero ||
			slices.ContainsFunc(k.Days, func(d store.DayConversions) bool { return d.Converted == 0 && d.Events == 0 }) ||
			slices.ContainsFunc(k.Epochs, func(e store.EpochConversions) bool { return e.Converted == 0 && e.Sum.Sign() == 0 })
	}
	if !ascending || zero {
		s.t.Errorf("%s: days and epochs must be in order and hold only what is not zero: %+v", name, a)
	}
}

func kpisOf(a store.AlternativeCounts) (names []string) {
	for _, k := range a.KPIs {
		names = append(names, k.KPI)
	}
	return names
}

// A tally maps descriptions of counts to their values.
type tally map[string]*big.Int

func (t tally) at(what string) *big.Int {
	if n, ok := t[what]; ok {
		return n
	}
	return new(big.Int)
}

func (t tally) addf(n *big.Int, format string, args ...any) {
	what := fmt.Sprintf(format, args...)
	t[what] = new(big.Int).Add(t.at(what), n)
}

func union(a, b tally) tally {
	all := maps.Clone(a)
	maps.Copy(all, b)
	return all
}

func tallyOf(r store.Counts) tally {
	t := make(tally)
	t.addf(big.NewInt(r.Excluded), "excluded")
	for i, a := range r.Alternatives {
		for _, d := range a.Days {
			t.addf(big.NewInt(d.Participants), "alternative %d on %v: participants", i, d.Day)
		}
		for _, e := range a.Epochs {
			t.addf(big.NewInt(e.Participants), "alternative %d in epoch %d: participants", i, e.Epoch)
		}
		for _, k := range a.KPIs {
			t.addKPI(i, k)
		}
	}
	return t
}

func (t tally) addKPI(i int, k store.KPICounts) {
	for _, d := range k.Days {
		t.addf(big.NewInt(d.Converted), "alternative %d, KPI %q on %v: converted", i, k.KPI, d.Day)
		t.addf(big.NewInt(d.Events), "alternative %d, KPI %q: events", i, k.KPI)
	}
	for _, e := range k.Epochs {
		t.addf(big.NewInt(e.Converted), "alternative %d, KPI %q in epoch %d: converted", i, k.KPI, e.Epoch)
		t.addf(big.NewInt(e.NonZero), "alternative %d, KPI %q in epoch %d: not zero", i, k.KPI, e.Epoch)
		t.addf(e.Sum, "alternative %d, KPI %q in epoch %d: sum", i, k.KPI, e.Epoch)
		t.addf(e.Squares, "alternative %d, KPI %q in epoch %d: squares", i, k.KPI, e.Epoch)
	}
}

// recount counts what the clients did in a simple way.
func recount(clients []store.Client) tally {
	t, one := make(tally), big.NewInt(1)
	for _, c := range clients {
		if c.Choice == store.Out {
			t.addf(one, "excluded")
		}
		if c.Choice < 0 || c.Reserved {
			continue
		}
		t.addf(one, "alternative %d on %v: participants", c.Choice, c.Day)
		t.addf(one, "alternative %d in epoch %d: participants", c.Choice, c.Epoch)
		for _, v := range c.Conversions {
			total := big.NewInt(int64(v.Total))
			t.addf(one, "alternative %d, KPI %q on %v: converted", c.Choice, v.KPI, v.Day)
			t.addf(big.NewInt(v.Events), "alternative %d, KPI %q: events", c.Choice, v.KPI)
			t.addf(one, "alternative %d, KPI %q in epoch %d: converted", c.Choice, v.KPI, c.Epoch)
			t.addf(big.NewInt(int64(total.CmpAbs(new(big.Int)))), "alternative %d, KPI %q in epoch %d: not zero", c.Choice, v.KPI, c.Epoch)
			t.addf(total, "alternative %d, KPI %q in epoch %d: sum", c.Choice, v.KPI, c.Epoch)
			t.addf(new(big.Int).Mul(total, total), "alternative %d, KPI %q in epoch %d: squares", c.Choice, v.KPI, c.Epoch)
		}
	}
	return t
}
