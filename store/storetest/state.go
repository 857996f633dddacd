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
	return s.described(describe)
}

// described is state with another description of counts.
func (s subject) described(describe func(store.Counts) string) string {
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
	fmt.Fprintf(&b, "%s  cohorts are known from %v\n", describeEpochs(r), r.KnownFrom)
	for i, a := range r.Alternatives {
		fmt.Fprintf(&b, "  alternative %d: cohorts %v\n", i, a.Cohorts)
		for _, k := range a.KPIs {
			fmt.Fprintf(&b, "    KPI %q: values by day%s by cohort%s\n", k.KPI, describeDayValues(k), describeCohorts(k))
		}
	}
	return b.String()
}

// describeEpochs returns what counts say without cohorts and days of values, which earlier
// releases did not have.
func describeEpochs(r store.Counts) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s\n  excluded %d\n", describeRecord(r.Record), r.Excluded)
	for _, e := range r.Epochs {
		fmt.Fprintf(&b, "  epoch %d since %v %v\n", e.Number, e.Start.UTC(), e.Weights)
	}
	for i, a := range r.Alternatives {
		fmt.Fprintf(&b, "  alternative %d: days %v epochs %v\n", i, a.Days, a.Epochs())
		for _, k := range a.KPIs {
			fmt.Fprintf(&b, "    KPI %q: days [%s] epochs", k.KPI, describeDays(k))
			for _, e := range k.Epochs() {
				fmt.Fprintf(&b, " {%d %d %d %v %v}", e.Epoch, e.Converted, e.NonZero, e.Sum, e.Squares)
			}
			b.WriteByte('\n')
		}
	}
	return b.String()
}

// describeDays returns the days with conversions, the clients that converted first on them, and
// the conversions.
func describeDays(k store.KPICounts) string {
	var days []string
	for _, d := range k.Days {
		if d.Converted != 0 || d.Events != 0 {
			days = append(days, fmt.Sprintf("{%v %d %d}", d.Day, d.Converted, d.Events))
		}
	}
	return strings.Join(days, " ")
}

func describeDayValues(k store.KPICounts) string {
	var days []string
	for _, d := range k.Days {
		days = append(days, fmt.Sprintf(" %v %s", d.Day, describeSums(d.Sums)))
	}
	return strings.Join(days, "")
}

func describeCohorts(k store.KPICounts) string {
	var cohorts []string
	for _, c := range k.Cohorts {
		cohorts = append(cohorts, fmt.Sprintf(" %d %v %s", c.Epoch, c.Day, describeSums(c.Sums)))
	}
	return strings.Join(cohorts, "")
}

func describeSums(s store.Sums) string {
	return fmt.Sprintf("{%d %d %v %v}", s.Converted, s.NonZero, s.Sum, s.Squares)
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
	got, want := tallyOf(r), recount(s.clients(experiment), r.KnownFrom)
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
	ascending := rises(a.Days, func(d store.DayParticipants) (uint32, store.Day) { return 0, d.Day }) &&
		rises(a.Cohorts, func(c store.Cohort) (uint32, store.Day) { return c.Epoch, c.Day })
	zero := slices.ContainsFunc(a.Days, func(d store.DayParticipants) bool { return d.Participants == 0 }) ||
		slices.ContainsFunc(a.Cohorts, func(c store.Cohort) bool { return c.Participants == 0 })
	for _, k := range a.KPIs {
		ascending = ascending &&
			rises(k.Days, func(d store.DayConversions) (uint32, store.Day) { return 0, d.Day }) &&
			rises(k.Cohorts, func(c store.CohortConversions) (uint32, store.Day) { return c.Epoch, c.Day })
		zero = zero ||
			slices.ContainsFunc(k.Days, func(d store.DayConversions) bool { return d.Events == 0 && d.IsZero() }) ||
			slices.ContainsFunc(k.Cohorts, func(c store.CohortConversions) bool { return c.IsZero() })
	}
	if !ascending || zero {
		s.t.Errorf("%s: days and cohorts must be in order and hold only what is not zero: %+v", name, a)
	}
}

// rises reports whether a list is in strictly ascending order of epochs and then days.
func rises[T any](list []T, key func(T) (uint32, store.Day)) bool {
	for i := 1; i < len(list); i++ {
		e, d := key(list[i-1])
		epoch, day := key(list[i])
		if cmp.Or(cmp.Compare(e, epoch), cmp.Compare(d, day)) >= 0 {
			return false
		}
	}
	return true
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
		for _, c := range a.Cohorts {
			t.addf(big.NewInt(c.Participants), "alternative %d in epoch %d since %v: participants", i, c.Epoch, c.Day)
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
		t.addSums(d.Sums, fmt.Sprintf("alternative %d, KPI %q by day", i, k.KPI))
	}
	for _, e := range k.Epochs() {
		t.addSums(e.Sums, fmt.Sprintf("alternative %d, KPI %q in epoch %d", i, k.KPI, e.Epoch))
	}
	for _, c := range k.Cohorts {
		t.addSums(c.Sums, fmt.Sprintf("alternative %d, KPI %q in epoch %d since %v", i, k.KPI, c.Epoch, c.Day))
	}
}

func (t tally) addSums(s store.Sums, of string) {
	t.addf(big.NewInt(s.Converted), "%s: converted", of)
	t.addf(big.NewInt(s.NonZero), "%s: not zero", of)
	t.addf(s.Sum, "%s: sum", of)
	t.addf(s.Squares, "%s: squares", of)
}

// recount counts what the clients did in a simple way. Cohorts are known from a day.
func recount(clients []store.Client, knownFrom store.Day) tally {
	t, one := make(tally), big.NewInt(1)
	for _, c := range clients {
		if c.Choice == store.Out {
			t.addf(one, "excluded")
		}
		if c.Choice < 0 || c.Reserved {
			continue
		}
		since := c.Day
		if since < knownFrom {
			since = store.UnknownDay
		}
		t.addf(one, "alternative %d on %v: participants", c.Choice, c.Day)
		t.addf(one, "alternative %d in epoch %d since %v: participants", c.Choice, c.Epoch, since)
		for _, v := range c.Conversions {
			total := big.NewInt(int64(v.Total))
			t.addf(one, "alternative %d, KPI %q on %v: converted", c.Choice, v.KPI, v.Day)
			t.addf(big.NewInt(v.Events), "alternative %d, KPI %q: events", c.Choice, v.KPI)
			sums := store.Sums{Converted: 1, NonZero: int64(total.CmpAbs(new(big.Int))), Sum: total, Squares: new(big.Int).Mul(total, total)}
			for _, of := range []string{"by day", fmt.Sprintf("in epoch %d", c.Epoch), fmt.Sprintf("in epoch %d since %v", c.Epoch, since)} {
				t.addSums(sums, fmt.Sprintf("alternative %d, KPI %q %s", c.Choice, v.KPI, of))
			}
		}
	}
	return t
}
