package storetest_test

import (
	"context"
	"crypto/rand"
	"iter"
	"math"
	"runtime"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// giveWay makes a race that is rarely seen one that is always seen.
func giveWay() {
	for range 1000 {
		runtime.Gosched()
	}
}

type looksThenWrites struct{ *memory.Store }

func (s looksThenWrites) Participate(ctx context.Context, p store.Participation) (store.Facts, error) {
	f, err := s.Lookup(ctx, p.Experiment, p.Client)
	if err != nil || f.Choice != store.None {
		return f, err
	}
	giveWay()
	f, err = s.Store.Participate(ctx, p)
	if p.Choice >= 0 {
		f.Choice, f.Wrote = p.Choice, true
	}
	return f, err
}

type takesAnyVersion struct{ *memory.Store }

func (s takesAnyVersion) Participate(ctx context.Context, p store.Participation) (store.Facts, error) {
	f, err := s.Lookup(ctx, p.Experiment, p.Client)
	if err != nil {
		return f, err
	}
	if f.Version != 0 {
		p.Version = f.Version
	}
	return s.Store.Participate(ctx, p)
}

type neverStale struct{ *memory.Store }

func (s neverStale) Participate(ctx context.Context, p store.Participation) (store.Facts, error) {
	f, err := s.Store.Participate(ctx, p)
	f.Stale = false
	return f, err
}

type newIdentities struct{ *memory.Store }

func (s newIdentities) ID(context.Context) (string, error) { return rand.Text(), nil }

type checksVersionsEarly struct{ *memory.Store }

func (s checksVersionsEarly) Participate(ctx context.Context, p store.Participation) (store.Facts, error) {
	f, err := s.Lookup(ctx, p.Experiment, p.Client)
	if err != nil || f.Version != p.Version {
		return s.Store.Participate(ctx, p)
	}
	giveWay()
	if f, err = s.Lookup(ctx, p.Experiment, p.Client); err != nil || f.Version == 0 {
		return f, err
	}
	p.Version = f.Version
	return s.Store.Participate(ctx, p)
}

type createsUnasked struct{ *memory.Store }

func (s createsUnasked) Participate(ctx context.Context, p store.Participation) (store.Facts, error) {
	r := store.Record{Name: p.Experiment, Version: max(p.Version, 1), Alternatives: []string{"red", "blue"}}
	if f, err := s.Lookup(ctx, p.Experiment, p.Client); err == nil && f.Version == 0 && p.Record == nil {
		p.Version, p.Record = 0, &r
	}
	return s.Store.Participate(ctx, p)
}

type claimsWrites struct{ *memory.Store }

func (s claimsWrites) Participate(ctx context.Context, p store.Participation) (store.Facts, error) {
	f, err := s.Store.Participate(ctx, p)
	f.Wrote = f.Choice == p.Choice
	return f, err
}

type neverAdmits struct{ *memory.Store }

func (s neverAdmits) Participate(ctx context.Context, p store.Participation) (store.Facts, error) {
	if f, err := s.Lookup(ctx, p.Experiment, p.Client); err == nil && f.Choice == store.Out {
		p.Choice, p.Reserve = store.None, false
	}
	return s.Store.Participate(ctx, p)
}

type countsReservations struct{ *memory.Store }

func (s countsReservations) Participate(ctx context.Context, p store.Participation) (store.Facts, error) {
	p.Reserve = false
	return s.Store.Participate(ctx, p)
}

type writesOnLookup struct{ *memory.Store }

func (s writesOnLookup) Lookup(ctx context.Context, experiment, client string) (store.Facts, error) {
	f, err := s.Store.Lookup(ctx, experiment, client)
	if err != nil || f.Version == 0 || f.Choice != store.None {
		return f, err
	}
	_, err = s.Participate(ctx, store.Participation{Experiment: experiment, Client: client, Version: f.Version, Choice: store.Out})
	return f, err
}

type livesInUTC struct{ *memory.Store }

func (s livesInUTC) Participate(ctx context.Context, p store.Participation) (store.Facts, error) {
	p.At = p.At.UTC()
	return s.Store.Participate(ctx, p)
}

type mixesUpIDs struct{ *memory.Store }

func (s mixesUpIDs) Participate(ctx context.Context, p store.Participation) (store.Facts, error) {
	p.Client = strings.ReplaceAll(p.Client, "-", "")
	return s.Store.Participate(ctx, p)
}

func (s mixesUpIDs) Lookup(ctx context.Context, experiment, client string) (store.Facts, error) {
	return s.Store.Lookup(ctx, experiment, strings.ReplaceAll(client, "-", ""))
}

type mixesUpKPIs struct{ *memory.Store }

func (s mixesUpKPIs) Convert(ctx context.Context, c store.Conversion) (store.Facts, error) {
	c.KPI = strings.ToLower(c.KPI)
	return s.Store.Convert(ctx, c)
}

type knowsTen struct{ *memory.Store }

func (s knowsTen) Participate(ctx context.Context, p store.Participation) (store.Facts, error) {
	p.Choice = min(p.Choice, 9)
	return s.Store.Participate(ctx, p)
}

type convertsTwice struct{ *memory.Store }

func (s convertsTwice) Convert(ctx context.Context, c store.Conversion) (store.Facts, error) {
	if f, err := s.Store.Convert(ctx, c); err != nil || !f.Wrote {
		return f, err
	}
	return s.Store.Convert(ctx, c)
}

type convertsStrangers struct{ *memory.Store }

func (s convertsStrangers) Convert(ctx context.Context, c store.Conversion) (store.Facts, error) {
	p := store.Participation{Experiment: c.Experiment, Client: c.Client, Version: c.Version, At: c.At}
	if f, err := s.Participate(ctx, p); err != nil {
		return f, err
	}
	return s.Store.Convert(ctx, c)
}

type convertsOldVersions struct{ *memory.Store }

func (s convertsOldVersions) Convert(ctx context.Context, c store.Conversion) (store.Facts, error) {
	f, err := s.Lookup(ctx, c.Experiment, c.Client)
	if err != nil {
		return f, err
	}
	c.Version = f.Version
	return s.Store.Convert(ctx, c)
}

type roundsValues struct{ *memory.Store }

func (s roundsValues) Convert(ctx context.Context, c store.Conversion) (store.Facts, error) {
	c.Value = store.Amount(float32(c.Value))
	return s.Store.Convert(ctx, c)
}

type countsOverflows struct{ *memory.Store }

func (s countsOverflows) Convert(ctx context.Context, c store.Conversion) (store.Facts, error) {
	f, err := s.Store.Convert(ctx, c)
	if err != nil || !f.Overflow {
		return f, err
	}
	c.HasValue = false
	_, err = s.Store.Convert(ctx, c)
	return f, err
}

type savesTheLast struct{ *memory.Store }

func (s savesTheLast) Save(ctx context.Context, r store.Record, changes ...store.Change) (store.Facts, error) {
	f, err := s.Lookup(ctx, r.Name, "")
	if err != nil {
		return f, err
	}
	r.Version = f.Version
	return s.Store.Save(ctx, r, changes...)
}

type forgetsField struct{ *memory.Store }

func (s forgetsField) Clear(ctx context.Context, r store.Record, keepCounts bool, changes ...store.Change) (store.Facts, error) {
	r.Override.Algorithm = ""
	return s.Store.Clear(ctx, r, keepCounts, changes...)
}

type clearsOnSave struct{ *memory.Store }

func (s clearsOnSave) Save(ctx context.Context, r store.Record, changes ...store.Change) (store.Facts, error) {
	return s.Clear(ctx, r, false, changes...)
}

type clearsNothing struct{ *memory.Store }

func (s clearsNothing) Clear(ctx context.Context, r store.Record, _ bool, changes ...store.Change) (store.Facts, error) {
	return s.Save(ctx, r, changes...)
}

type clearsEverything struct{ *memory.Store }

func (s clearsEverything) Clear(ctx context.Context, r store.Record, _ bool, changes ...store.Change) (store.Facts, error) {
	return s.Store.Clear(ctx, r, false, changes...)
}

type deletesByPrefix struct{ *memory.Store }

func (s deletesByPrefix) Delete(ctx context.Context, experiment string, changes ...store.Change) (found bool, err error) {
	records, err := s.Records(ctx)
	for _, r := range records {
		if err == nil && strings.HasPrefix(r.Name, experiment) {
			found, err = s.Store.Delete(ctx, r.Name, changes...)
		}
	}
	return found, err
}

type forgetsOut struct{ *memory.Store }

func (s forgetsOut) Counts(ctx context.Context, names ...string) ([]store.Counts, error) {
	counts, err := s.Store.Counts(ctx, names...)
	for i := range counts {
		counts[i].Excluded = 0
	}
	return counts, err
}

// readsTwice reads days and cohorts at different times.
type readsTwice struct{ *memory.Store }

func (s readsTwice) Counts(ctx context.Context, names ...string) ([]store.Counts, error) {
	counts, err := s.Store.Counts(ctx, names...)
	if err != nil {
		return nil, err
	}
	runtime.Gosched()
	later, err := s.Store.Counts(ctx, names...)
	for i := range min(len(counts), len(later)) {
		for j := range counts[i].Alternatives {
			counts[i].Alternatives[j].Cohorts = later[i].Alternatives[j].Cohorts
		}
	}
	return counts, err
}

// forgetsCohorts knows cohorts only by epoch.
type forgetsCohorts struct{ *memory.Store }

func (s forgetsCohorts) Counts(ctx context.Context, names ...string) ([]store.Counts, error) {
	counts, err := s.Store.Counts(ctx, names...)
	for i := range counts {
		counts[i].Forget(math.MaxInt32)
	}
	return counts, err
}

// remembersCohorts ignores that imported counts do not know the cohorts of some days.
type remembersCohorts struct{ *memory.Store }

func (s remembersCohorts) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	if i.Counts != nil {
		counts := *i.Counts
		counts.KnownFrom = 0
		i.Counts = &counts
	}
	return s.Store.Import(ctx, i)
}

type forgetsEpochs struct{ *memory.Store }

func (s forgetsEpochs) Counts(ctx context.Context, names ...string) ([]store.Counts, error) {
	counts, err := s.Store.Counts(ctx, names...)
	for i := range counts {
		counts[i].Epochs = counts[i].Epochs[len(counts[i].Epochs)-1:]
	}
	return counts, err
}

type sortsNames struct{ *memory.Store }

func (s sortsNames) Counts(ctx context.Context, names ...string) ([]store.Counts, error) {
	return s.Store.Counts(ctx, slices.Sorted(slices.Values(names))...)
}

type listsThousand struct{ *memory.Store }

func (s listsThousand) Clients(ctx context.Context, experiment string) iter.Seq2[store.Client, error] {
	return func(yield func(store.Client, error) bool) {
		n := 0
		for c, err := range s.Store.Clients(ctx, experiment) {
			n++
			if n > 1000 || !yield(c, err) {
				return
			}
		}
	}
}

// sharesRecords returns a record that it also returns to other callers.
type sharesRecords struct{ *memory.Store }

func (s sharesRecords) Records(ctx context.Context) ([]store.Record, error) {
	records, err := s.Store.Records(ctx)
	for i := range records {
		records[i] = s.shared(ctx, records[i])
	}
	return records, err
}

func (s sharesRecords) Counts(ctx context.Context, names ...string) ([]store.Counts, error) {
	counts, err := s.Store.Counts(ctx, names...)
	for i := range counts {
		counts[i].Record = s.shared(ctx, counts[i].Record)
	}
	return counts, err
}

func (s sharesRecords) shared(ctx context.Context, r store.Record) store.Record {
	if f, err := s.Lookup(ctx, r.Name, ""); err == nil && f.Record != nil {
		return *f.Record
	}
	return r
}

// keepsArguments keeps the weights that it is given without copying them.
type keepsArguments struct {
	*memory.Store
	weights map[string][]float64
}

func (s keepsArguments) Save(ctx context.Context, r store.Record, changes ...store.Change) (store.Facts, error) {
	s.weights[r.Name] = r.Weights
	return s.Store.Save(ctx, r, changes...)
}

func (s keepsArguments) Counts(ctx context.Context, names ...string) ([]store.Counts, error) {
	counts, err := s.Store.Counts(ctx, names...)
	for i := range counts {
		if w, ok := s.weights[counts[i].Record.Name]; ok {
			counts[i].Record.Weights = slices.Clone(w)
		}
	}
	return counts, err
}

type importsOwnVersion struct{ *memory.Store }

func (s importsOwnVersion) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	i.Record.Version = 1
	return s.Store.Import(ctx, i)
}

type importsAgain struct{ *memory.Store }

func (s importsAgain) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	done, err := s.Store.Import(ctx, i)
	for _, c := range i.Clients {
		f, _ := s.Lookup(ctx, i.Record.Name, c.ID)
		for _, v := range c.Conversions {
			if err == nil {
				_, err = s.Convert(ctx, store.Conversion{Experiment: i.Record.Name, Client: c.ID, Version: f.Version, KPI: v.KPI})
			}
		}
	}
	return done, err
}

type importsStrangers struct{ *memory.Store }

func (s importsStrangers) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	i.Clients = slices.DeleteFunc(slices.Clone(i.Clients), func(c store.Client) bool {
		f, err := s.Lookup(ctx, i.Record.Name, c.ID)
		return err == nil && f.Choice != store.None
	})
	return s.Store.Import(ctx, i)
}

type importsPresentEpoch struct{ *memory.Store }

func (s importsPresentEpoch) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	if err := i.Check(); err != nil {
		return store.Imported{}, err
	}
	i.Epochs = nil
	return s.Store.Import(ctx, i)
}

type sortsKPIs struct{ *memory.Store }

func (s sortsKPIs) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	i.Record.KPIs = slices.Sorted(slices.Values(i.Record.KPIs))
	return s.Store.Import(ctx, i)
}

// importsFirst imports only conversions for KPIs that are new to a client.
type importsFirst struct{ *memory.Store }

func (s importsFirst) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	known := make(map[string][]store.ClientConversion)
	for c, err := range s.Clients(ctx, i.Record.Name) {
		if err != nil {
			return store.Imported{}, err
		}
		known[c.ID] = c.Conversions
	}
	i.Clients = slices.Clone(i.Clients)
	for n, c := range i.Clients {
		i.Clients[n].Conversions = slices.DeleteFunc(slices.Clone(c.Conversions), func(v store.ClientConversion) bool {
			return slices.ContainsFunc(known[c.ID], func(k store.ClientConversion) bool { return k.KPI == v.KPI })
		})
	}
	return s.Store.Import(ctx, i)
}

// countsUp ignores negative imported counts.
type countsUp struct{ *memory.Store }

func (s countsUp) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	if i.Counts != nil {
		for n := range i.Counts.Alternatives {
			for k := range i.Counts.Alternatives[n].KPIs {
				kpi := &i.Counts.Alternatives[n].KPIs[k]
				kpi.Days = slices.DeleteFunc(kpi.Days, func(d store.DayConversions) bool { return d.Events < 0 })
			}
		}
	}
	return s.Store.Import(ctx, i)
}

type looksThenImports struct{ *memory.Store }

func (s looksThenImports) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	unknown := 0
	for _, c := range i.Clients {
		if f, err := s.Lookup(ctx, i.Record.Name, c.ID); err == nil && f.Choice == store.None {
			unknown++
		}
		giveWay() // per client, so that a busy machine shows the mistake too
	}
	done, err := s.Store.Import(ctx, i)
	done.Clients = unknown
	return done, err
}

type addsUpCounts struct {
	*memory.Store
	before int64
}

func (s *addsUpCounts) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	if i.Counts != nil {
		a := &i.Counts.Alternatives[0]
		a.AddDay(0, s.before)
		s.before = a.Participants()
	}
	return s.Store.Import(ctx, i)
}

type importsContradictions struct{ *memory.Store }

func (s importsContradictions) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	if f, err := s.Lookup(ctx, i.Record.Name, ""); err == nil && f.Record != nil {
		i.Record.Alternatives = f.Record.Alternatives
	}
	return s.Store.Import(ctx, i)
}

// importsHalf imports the clients before the first invalid one.
type importsHalf struct{ *memory.Store }

func (s importsHalf) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	for _, c := range i.Clients {
		one := i
		one.Clients = []store.Client{c}
		if _, err := s.Store.Import(ctx, one); err != nil {
			return store.Imported{}, err
		}
	}
	return s.Store.Import(ctx, i)
}

type ignoresContext struct{ *memory.Store }

func (s ignoresContext) Participate(ctx context.Context, p store.Participation) (store.Facts, error) {
	return s.Store.Participate(context.WithoutCancel(ctx), p)
}

type neverCloses struct{ *memory.Store }

func (neverCloses) Close() error { return nil }
