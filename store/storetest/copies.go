package storetest

import (
	"math/big"

	"github.com/sixpack-go/sixpack/store"
)

func countsAreCopies(s subject) {
	s.used("button")
	s.unchanged("scribbling over counts", func() {
		counts, err := s.store.Counts(s.t.Context())
		s.must(err)
		for i := range counts {
			scribbleRecord(&counts[i].Record)
			scribbleCounts(&counts[i])
		}
	})
}

func recordsAreCopies(s subject) {
	r := full("button")
	p := in(r, "client", 0)
	p.Version, p.Record = 0, &r
	s.participate(p)
	s.convert(by(r, "client", "purchase"))
	s.unchanged("scribbling over records", func() {
		for _, r := range s.records() {
			scribbleRecord(&r)
		}
	})
	s.unchanged("scribbling over clients", func() {
		for _, c := range s.clients("button") {
			scribbleClient(&c)
		}
	})
}

func argumentsAreNotKept(s subject) {
	r := full("button")
	p := in(r, "client", 0)
	p.Version, p.Record = 0, &r
	s.participate(p)
	s.unchanged("scribbling over a created record", func() { scribbleRecord(&r) })

	r = full("button")
	p = in(r, "client", 0)
	p.Record = &r
	s.participate(p)
	s.unchanged("scribbling over a replacing record", func() { scribbleRecord(&r) })

	r = full("button")
	r.Version++
	if !s.save(r).Wrote {
		s.t.Error("Save of the present version wrote nothing")
	}
	s.unchanged("scribbling over a saved record", func() { scribbleRecord(&r) })

	r = full("button")
	r.Version += 2
	if !s.clear(r, true).Wrote {
		s.t.Error("Clear of the present version wrote nothing")
	}
	s.unchanged("scribbling over a cleared record", func() { scribbleRecord(&r) })

	for _, name := range []string{"button", "new"} { // one exists, the other does not
		i := store.Import{
			Record:  full(name),
			Epochs:  []store.Epoch{{Number: 3, Start: noon, Weights: []float64{0.5, 0.25, 0.25}}},
			Clients: []store.Client{{ID: "imported", Day: today, Conversions: []store.ClientConversion{{KPI: "purchase", Day: today, Events: 1, Total: 5}}}},
			Counts:  baseCounts(full(name).Alternatives, "purchase", 10),
		}
		i.Counts.Record = full(name)
		s.imports(i)
		s.unchanged("scribbling over an import", func() {
			scribbleRecord(&i.Record)
			scribbleRecord(&i.Counts.Record)
			scribbleCounts(i.Counts)
			scribbleEpochs(i.Epochs)
			scribbleClient(&i.Clients[0])
		})
	}
}

func scribbleRecord(r *store.Record) {
	for _, texts := range [][]string{r.Alternatives, r.KPIs} {
		for i := range texts {
			texts[i] = "scribble"
		}
	}
	for _, weights := range [][]float64{r.Weights, r.Override.Weights, r.Epoch.Weights, r.Ramp.Steps, r.Mismatch.Shares, r.Mismatch.Expected} {
		for i := range weights {
			weights[i] = -1
		}
	}
	for i := range r.Ramp.Guardrails {
		r.Ramp.Guardrails[i].KPI = "scribble"
	}
	for kpi := range r.Measures {
		r.Measures[kpi] = "scribble"
	}
	for _, e := range r.Look.Epochs {
		for i, a := range e.Alternatives {
			if e.Alternatives[i].Converted = -1; a.Sum != nil {
				a.Sum.SetInt64(-1)
			}
		}
	}
	*r = store.Record{}
}

func scribbleCounts(r *store.Counts) {
	scribbleEpochs(r.Epochs)
	for i := range r.Alternatives {
		a := &r.Alternatives[i]
		for j := range a.Days {
			a.Days[j].Participants = -1
		}
		for j := range a.Cohorts {
			a.Cohorts[j].Participants = -1
		}
		for j := range a.KPIs {
			scribbleKPI(&a.KPIs[j])
		}
		*a = store.AlternativeCounts{}
	}
}

func scribbleEpochs(epochs []store.Epoch) {
	for i := range epochs {
		for j := range epochs[i].Weights {
			epochs[i].Weights[j] = -1
		}
		epochs[i] = store.Epoch{Number: 99}
	}
}

func scribbleKPI(k *store.KPICounts) {
	for i := range k.Days {
		k.Days[i].Events = -1
		scribbleSums(&k.Days[i].Sums)
	}
	for i := range k.Cohorts {
		scribbleSums(&k.Cohorts[i].Sums)
	}
	k.KPI = "scribble"
}

func scribbleSums(s *store.Sums) {
	for _, sum := range []*big.Int{s.Sum, s.Squares} {
		sum.Not(sum)
		for j := range sum.Bits() {
			sum.Bits()[j] = 1
		}
	}
	s.Converted = -1
}

func scribbleClient(c *store.Client) {
	for i := range c.Conversions {
		c.Conversions[i] = store.ClientConversion{KPI: "scribble", Events: 99, Total: 99}
	}
}
