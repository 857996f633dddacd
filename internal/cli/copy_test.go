package cli

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/internal/transfer"
	"github.com/sixpack-go/sixpack/store"
)

// TestCopy copies between all pairs of stores: twice, and after more happened in the source.
func TestCopy(t *testing.T) {
	redis := redistest.Test(t)
	kinds := map[string]func(t *testing.T, name string) (address string){
		"bolt":  func(t *testing.T, name string) string { t.Helper(); return filepath.Join(t.TempDir(), name) },
		"redis": func(t *testing.T, name string) string { t.Helper(); return redisAt(redis, t.Name()+name) },
	}
	for from, source := range kinds {
		for to, target := range kinds {
			t.Run(from+" to "+to, func(t *testing.T) {
				a, b := source(t, "source"), target(t, "target")
				act(t, a, 1)
				checkRich(t, a)
				checkDryRun(t, a, b)
				mustCopy(t, a, b)
				for seed := range uint64(3) {
					equal(t, a, b)
					if rows := mustCopy(t, a, b); slices.ContainsFunc(rows, func(r row) bool { return r.brought() != 0 }) {
						t.Errorf("again, it brings %v", rows)
					}
					equal(t, a, b)
					act(t, a, 2+seed)
					checkDryRun(t, a, b)
					mustCopy(t, a, b)
				}
				equal(t, a, b)
			})
		}
	}
}

// redisAt returns the address of a new store on a server.
func redisAt(s *redistest.Server, prefix string) string {
	return "redis://" + s.Addr + "/0?prefix=" + regexp.MustCompile(`\W`).ReplaceAllString(prefix, "-")
}

// checkDryRun checks that a dry run writes nothing, and says that there is something to
// copy.
func checkDryRun(t *testing.T, from, to string) {
	t.Helper()
	_, err := os.Stat(to)
	noFolder := !strings.Contains(to, "://") && errors.Is(err, os.ErrNotExist)
	before := ""
	if !noFolder {
		before = dump(t, to)
	}
	stdout, _, err := call(t, nil, "copy", "--from", from, "--to", to, "--dry-run")
	if err != nil {
		t.Fatal(err)
	}
	if before == "" && strings.Count(stdout, "create it\n") != len(records(t, from)) || before != "" && !strings.Contains(stdout, "copy what is new\n") {
		t.Errorf("a dry run says\n%s", stdout)
	}
	if noFolder {
		if _, err := os.Stat(to); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a dry run makes a folder: %v", err)
		}
	} else if dump(t, to) != before {
		t.Error("a dry run changes the target")
	}
}

// row is a row of the table that copy prints.
type row struct {
	experiment                   string
	clients, new, first, further int
	results                      string
}

func (r row) brought() int { return r.new + r.first + r.further }

func mustCopy(t *testing.T, from, to string, more ...string) (rows []row) {
	t.Helper()
	stdout, _, err := call(t, nil, append([]string{"copy", "--from", from, "--to", to}, more...)...)
	if err != nil {
		t.Fatalf("copy: %v\n%s", err, stdout)
	}
	rows = tableOf(t, stdout)
	if len(rows) != len(records(t, from)) || slices.ContainsFunc(rows, func(r row) bool { return r.results != "equal" }) {
		t.Fatalf("copy says\n%s", stdout)
	}
	return rows
}

var rowForm = regexp.MustCompile(`(?m)^(\S+) +(\d+) +(\d+) +(\d+) +(\d+) +(\S.*)$`)

func tableOf(t *testing.T, stdout string) (rows []row) {
	t.Helper()
	for _, m := range rowForm.FindAllStringSubmatch(stdout, -1) {
		r := row{experiment: m[1], results: m[6]}
		for i, n := range []*int{&r.clients, &r.new, &r.first, &r.further} {
			if _, err := fmt.Sscan(m[2+i], n); err != nil {
				t.Fatal(err)
			}
		}
		rows = append(rows, r)
	}
	return rows
}

// act lets clients and operators do everything they can. It may be repeated with another
// seed.
func act(t *testing.T, address string, seed uint64) {
	t.Helper()
	st := openPlace(t, address)
	defer closeStore(t, st)
	actor := newActor(st, seed)
	for i := range 1000 {
		if i == 500 {
			actor.operator(t)
		}
		if err := actor.client(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// checkRich checks that a store has all kinds of data that could be lost.
func checkRich(t *testing.T, address string) {
	t.Helper()
	st := openPlace(t, address)
	defer closeStore(t, st)
	all, err := st.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	has := make(map[string]bool)
	for _, r := range all {
		has["winner"] = has["winner"] || r.Record.Winner != ""
		has["override"] = has["override"] || r.Record.Override.Weights != nil
		has["clients purged"] = has["clients purged"] || r.Record.Purged && r.Alternatives[0].Participants() > 0
		has["clients left out"] = has["clients left out"] || r.Excluded > 0
		has["epochs"] = has["epochs"] || len(r.Epochs) > 2
		changes, err := st.Changes(t.Context(), r.Record.Name, 0)
		if err != nil {
			t.Fatal(err)
		}
		has["several changes"] = has["several changes"] || len(changes) > 2
		for _, c := range clientsIn(t, st, r.Record.Name) {
			has["reserved"] = has["reserved"] || c.Reserved
			r.SubClient(c)
		}
		for _, a := range r.Alternatives {
			for _, k := range a.KPIs {
				has["later conversions"] = has["later conversions"] || slices.ContainsFunc(k.Days, func(d store.DayConversions) bool { return d.Events < 0 })
			}
		}
	}
	for what, ok := range has {
		if !ok {
			t.Fatalf("there is nothing of %s", what)
		}
	}
}

// An actor draws what to do, on its own days.
type actor struct {
	engine *sixpack.Engine
	dice   *rand.Rand
	now    *time.Time
	seed   uint64
}

func newActor(st store.Store, seed uint64) actor {
	now := time.Date(2026, 3, int(seed), 12, 0, 0, int(seed), time.UTC)
	a := actor{dice: rand.New(rand.NewPCG(seed, 0)), now: &now, seed: seed}
	a.engine = sixpack.New(st, sixpack.Config{Now: func() time.Time { return *a.now }})
	return a
}

func (a actor) experiment() sixpack.Experiment {
	x := sixpack.Experiment{Name: "plain", Alternatives: []string{"red", "blue"}}
	switch a.dice.IntN(4) {
	case 0:
		x.Name, x.Alternatives = "weighted", []string{"a", "b", "c"}
		if a.dice.IntN(20) == 0 {
			x.Weights = []float64{1, a.dice.Float64(), 2}
		}
	case 1:
		x.Name, x.Algorithm = "random", "random"
	case 2:
		x.Name, x.Traffic = "partial", min(0.2*float64(a.seed), 1)
	}
	return x
}

// client lets a client do something.
func (a actor) client(ctx context.Context) error {
	*a.now = a.now.Add(time.Minute)
	x, n := a.experiment(), int64(a.dice.IntN(int(100+100*a.seed)))
	who := id(n)
	if n%3 == 0 {
		who = fmt.Sprint("visitor ", n)
	}
	at := sixpack.At(a.now.AddDate(0, 0, -a.dice.IntN(3)))
	var err error
	switch a.dice.IntN(8) {
	case 0:
		_, err = a.engine.Participate(ctx, x, who, sixpack.Prefetch())
	case 1:
		_, err = a.engine.Participate(ctx, x, who, at, sixpack.Choose(x.Alternatives[1]))
	case 2, 3, 4:
		_, err = a.engine.Participate(ctx, x, who, at)
	default:
		options := []sixpack.ConvertOption{at, sixpack.KPI([]string{"", "revenue", "Visits"}[a.dice.IntN(3)])}
		if a.dice.IntN(2) == 0 {
			options = append(options, sixpack.Value([]float64{12.345678, -0.000001, 1e9, -3, 0}[a.dice.IntN(5)]))
		}
		_, err = a.engine.Convert(ctx, x.Name, who, options...)
		if errors.Is(err, sixpack.ErrUnknown) || errors.Is(err, sixpack.ErrNotParticipating) {
			err = nil
		}
	}
	return err
}

// operator does everything that an operator can do.
func (a actor) operator(t *testing.T) {
	t.Helper()
	ctx := t.Context()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	name := fmt.Sprint("archived-", a.seed)
	for i := range int64(20) {
		x := sixpack.Experiment{Name: name, Alternatives: []string{"yes", "no"}}
		_, err := a.engine.Participate(ctx, x, id(i))
		must(err)
		_, err = a.engine.Convert(ctx, name, id(i), sixpack.KPI("revenue"), sixpack.Value(float64(i)-10.5))
		must(err)
	}
	must(a.engine.SetWinner(ctx, name, "no"))
	must(a.engine.Archive(ctx, name))
	must(a.engine.Purge(ctx, name))
	must(a.engine.Describe(ctx, "plain", fmt.Sprint("Described for the ", a.seed, "th time.")))
	must(a.engine.Override(ctx, "weighted", store.Override{Traffic: 0.9, Weights: []float64{1, float64(a.seed), 3}}))
	must(a.engine.Pause(ctx, "random"))
	must(a.engine.Resume(ctx, "random"))
}

// openPlace opens the store at an address, as copy does.
func openPlace(t *testing.T, address string) store.Store {
	t.Helper()
	st, err := datastore.OpenAt(&loaded(t, nil).Config, address, true)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func closeStore(t *testing.T, st store.Store) {
	t.Helper()
	if err := st.Close(); err != nil {
		t.Error(err)
	}
}

func records(t *testing.T, address string) []store.Record {
	t.Helper()
	st := openPlace(t, address)
	defer closeStore(t, st)
	all, err := st.Records(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// equal checks that two stores hold the same.
func equal(t *testing.T, from, to string) {
	t.Helper()
	if a, b := dump(t, from), dump(t, to); a != b {
		t.Fatalf("the source has\n%s\nthe target\n%s", a, b)
	}
}

// dump returns everything in a store as text, the same for the same data.
func dump(t *testing.T, address string) string {
	t.Helper()
	st := openPlace(t, address)
	defer closeStore(t, st)
	all, err := st.Counts(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	lines := json.NewEncoder(&b)
	for _, r := range all {
		r.Record.Created, r.Record.Epoch.Start = r.Record.Created.UTC(), r.Record.Epoch.Start.UTC()
		for i := range r.Epochs {
			r.Epochs[i].Start = r.Epochs[i].Start.UTC()
		}
		if err := lines.Encode(r); err != nil {
			t.Fatal(err)
		}
		changes, err := st.Changes(t.Context(), r.Record.Name, 0)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range changes {
			c.At = c.At.UTC()
			if err := lines.Encode(c); err != nil {
				t.Fatal(err)
			}
		}
		for _, c := range clientsIn(t, st, r.Record.Name) {
			slices.SortFunc(c.Conversions, func(a, b store.ClientConversion) int { return cmp.Compare(a.KPI, b.KPI) })
			if err := lines.Encode(c); err != nil {
				t.Fatal(err)
			}
		}
	}
	return b.String()
}

// clientsIn returns the clients of an experiment, sorted.
func clientsIn(t *testing.T, st store.Store, experiment string) (clients []store.Client) {
	t.Helper()
	for c, err := range st.Clients(t.Context(), experiment) {
		if err != nil {
			t.Fatal(err)
		}
		clients = append(clients, c)
	}
	slices.SortFunc(clients, func(a, b store.Client) int { return cmp.Compare(a.ID, b.ID) })
	return clients
}

// TestCopyBack copies back into the first store, which has counted conversions on other
// days than the copy.
func TestCopyBack(t *testing.T) {
	a, b := t.TempDir(), redisAt(redistest.Test(t), "b")
	act(t, a, 1)
	mustCopy(t, a, b)
	for seed := range uint64(3) {
		act(t, b, 2+2*seed)
		mustCopy(t, b, a)
		equal(t, a, b)
		act(t, a, 3+2*seed)
		mustCopy(t, a, b)
		equal(t, a, b)
	}
}

// TestCopyInterrupted interrupts copying after each number of writes, and repeats it.
func TestCopyInterrupted(t *testing.T) {
	redis := redistest.Test(t)
	a := t.TempDir()
	act(t, a, 1)
	many(t, a, 350)
	for writes, finished := 0, false; !finished; writes++ {
		for _, b := range []string{t.TempDir(), redisAt(redis, fmt.Sprint("b", writes))} {
			err := copyPart(t, a, b, writes)
			finished = err == nil
			if err != nil && !strings.Contains(err.Error(), "What was copied is kept. Run the same command to continue") {
				t.Errorf("after %d writes: %v", writes, err)
			}
			mustCopy(t, a, b)
			equal(t, a, b)
		}
	}
}

// copyPart copies until the target was written a number of times.
func copyPart(t *testing.T, from, to string, writes int) error {
	t.Helper()
	source, target := openPlace(t, from), openPlace(t, to)
	defer closeStore(t, source)
	defer closeStore(t, target)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	return copyAll(ctx, io.Discard, &transfer.Transfer{Source: source, Target: &breaking{Store: target, writes: writes, cancel: cancel}, BatchSize: 100})
}

// breaking is a store that cancels a context after some writes.
type breaking struct {
	store.Store

	mu     sync.Mutex // guards writes
	writes int
	cancel func()
}

// Import implements [store.Store].
func (b *breaking) Import(ctx context.Context, i store.Import) (store.Imported, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.writes == 0 {
		b.cancel()
	}
	b.writes--
	return b.Store.Import(ctx, i)
}

// many adds an experiment with n clients.
func many(t *testing.T, address string, n int) {
	t.Helper()
	st := openPlace(t, address)
	defer closeStore(t, st)
	i := store.Import{Record: store.Record{Name: "many", Version: 1, Alternatives: []string{"a", "b"}, Traffic: 1, Epoch: store.Epoch{Number: 1}}}
	for k := range int64(n) {
		i.Clients = append(i.Clients, store.Client{ID: id(k), Choice: int(k % 2), Epoch: 1, Day: 20_000})
	}
	if _, err := st.Import(t.Context(), i); err != nil {
		t.Fatal(err)
	}
}

// TestCopyWhileUsed copies from a Redis while it is used, and afterwards.
func TestCopyWhileUsed(t *testing.T) {
	a, b := redisAt(redistest.Test(t), "a"), t.TempDir()
	act(t, a, 1)
	st := openPlace(t, a)
	defer closeStore(t, st)
	ctx, cancel := context.WithCancel(t.Context())
	var wg sync.WaitGroup
	wg.Go(func() {
		for actor := newActor(st, 2); ctx.Err() == nil; {
			if err := actor.client(t.Context()); err != nil {
				t.Error(err)
				return
			}
		}
	})
	for range 3 {
		stdout, _, err := call(t, nil, "copy", "--from", a, "--to", b)
		if err != nil && !strings.Contains(err.Error(), "stop it and run this again") {
			t.Fatalf("%v\n%s", err, stdout)
		}
	}
	cancel()
	wg.Wait()
	mustCopy(t, a, b)
	equal(t, a, b)
}

// TestCopyRefused checks the reasons why experiments are refused, that the others are copied,
// and that refused ones can be replaced.
func TestCopyRefused(t *testing.T) {
	for why, change := range map[string]struct {
		in   func(a, b *sixpack.Engine) error
		want string
	}{
		"another one": {func(_, b *sixpack.Engine) error {
			if err := b.Delete(t.Context(), "plain"); err != nil {
				return err
			}
			_, err := b.Participate(t.Context(), sixpack.Experiment{Name: "plain", Alternatives: []string{"red", "green"}}, "x")
			return err
		}, `its alternatives are ["red" "blue"], but ["red" "green"] in the target`},
		"recreated": {func(_, b *sixpack.Engine) error {
			if err := b.Delete(t.Context(), "plain"); err != nil {
				return err
			}
			_, err := b.Participate(t.Context(), sixpack.Experiment{Name: "plain", Alternatives: []string{"red", "blue"}}, "x")
			return err
		}, "the target has another experiment of this name, or one of the two was restarted since the last copy"},
		"reset": {
			func(a, _ *sixpack.Engine) error { return a.Reset(t.Context(), "plain") },
			"the target has another experiment of this name, or one of the two was restarted since the last copy",
		},
		"purged": {func(a, _ *sixpack.Engine) error {
			return errors.Join(a.Archive(t.Context(), "plain"), a.Purge(t.Context(), "plain"))
		}, "its clients were purged since the last copy"},
		"epochs of its own": {func(a, b *sixpack.Engine) error {
			return errors.Join(a.Override(t.Context(), "plain", store.Override{Weights: []float64{1, 3}}),
				b.Override(t.Context(), "plain", store.Override{Weights: []float64{3, 1}}))
		}, "its weights changed in the target since the last copy"},
	} {
		t.Run(why, func(t *testing.T) {
			a, b := t.TempDir(), t.TempDir()
			act(t, a, 1)
			mustCopy(t, a, b)
			source, target := openPlace(t, a), openPlace(t, b)
			err := change.in(sixpack.New(source, sixpack.Config{}), sixpack.New(target, sixpack.Config{}))
			closeStore(t, source)
			closeStore(t, target)
			if err != nil {
				t.Fatal(err)
			}
			many(t, a, 10)
			stdout, _, err := call(t, nil, "copy", "--from", a, "--to", b, "--dry-run")
			if err != nil || !strings.Contains(stdout, "refuse it: "+change.want) {
				t.Errorf("a dry run says\n%s\n%v", stdout, err)
			}
			stdout, _, err = call(t, nil, "copy", "--from", a, "--to", b)
			if err == nil || !strings.Contains(err.Error(), "1 of 6 experiments were not copied") || !strings.Contains(stdout, "\nplain was not copied: "+change.want) {
				t.Errorf("copy says\n%s\n%v", stdout, err)
			}
			for _, r := range tableOf(t, stdout) {
				if want := map[bool]string{true: "not copied", false: "equal"}[r.experiment == "plain"]; r.results != want {
					t.Errorf("%s: %s, want %s", r.experiment, r.results, want)
				}
			}
			if _, _, err := call(t, nil, "copy", "--from", a, "--to", b, "--replace", "plane"); !errors.As(err, new(usage)) {
				t.Errorf("replacing what is not there: %v", err)
			}
			mustCopy(t, a, b, "--replace", "plain")
			if a, b := withoutLogs(dump(t, a)), withoutLogs(dump(t, b)); a != b {
				t.Fatalf("the source has\n%s\nthe target\n%s", a, b)
			}
			checkReplaced(t, a, b, "plain")
		})
	}
}

// withoutLogs drops the changes of a dump.
func withoutLogs(dump string) string {
	return regexp.MustCompile(`(?m)^{"id":.*\n`).ReplaceAllString(dump, "")
}

// checkReplaced checks that the log of an experiment has all changes of the source, and the
// deletion of the experiment before.
func checkReplaced(t *testing.T, from, to, name string) {
	t.Helper()
	source, target := openPlace(t, from), openPlace(t, to)
	defer closeStore(t, source)
	defer closeStore(t, target)
	want, err := source.Changes(t.Context(), name, 0)
	if err != nil {
		t.Fatal(err)
	}
	got, err := target.Changes(t.Context(), name, 0)
	if err != nil {
		t.Fatal(err)
	}
	if c := got[0]; c.Action != store.ActionDelete || c.By != "sixpack copy --replace" {
		t.Errorf("the last change is %+v, want the deletion", c)
	}
	for _, c := range want {
		if !slices.ContainsFunc(got, func(g store.Change) bool { return g.ID == c.ID && g.Action == c.Action }) {
			t.Errorf("the target does not know %+v", c)
		}
	}
}

// TestCopyLeavesTheTarget checks that changes in the target are kept and reported.
func TestCopyLeavesTheTarget(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	act(t, a, 1)
	mustCopy(t, a, b)
	st := openPlace(t, b)
	engine := sixpack.New(st, sixpack.Config{})
	if err := engine.SetWinner(t.Context(), "plain", "blue"); err != nil {
		t.Fatal(err)
	}
	if _, err := engine.Participate(t.Context(), sixpack.Experiment{Name: "own", Alternatives: []string{"a", "b"}}, "x"); err != nil {
		t.Fatal(err)
	}
	closeStore(t, st)
	before := dump(t, b)
	stdout, _, err := call(t, nil, "copy", "--from", a, "--to", b)
	if err == nil || !strings.HasPrefix(err.Error(), "1 of 5 experiments differ") {
		t.Errorf("%v", err)
	}
	const want = "\nplain differs:\n  record, winner: nothing in the source, \"blue\" in the target\n"
	if !strings.HasSuffix(stdout, want) {
		t.Errorf("it says\n%s\nwant, at the end,%s", stdout, want)
	}
	if dump(t, b) != before {
		t.Error("the target was changed")
	}
}

// TestCopyOld copies an old copy back into its source, which has more data: the source does
// not change.
func TestCopyOld(t *testing.T) {
	a, b := t.TempDir(), redisAt(redistest.Test(t), "b")
	act(t, a, 1)
	mustCopy(t, a, b)
	act(t, a, 2)
	before := dump(t, a)
	stdout, _, err := call(t, nil, "copy", "--from", b, "--to", a)
	if err == nil || !strings.Contains(err.Error(), "experiments differ") {
		t.Errorf("it ends with %v", err)
	}
	if !strings.Contains(stdout, "\nplain differs:\n  clients have other data in the target than in the source: copy again with --replace to keep the source's\n") {
		t.Errorf("it says\n%s", stdout)
	}
	if after := dump(t, a); after != before {
		t.Errorf("the store had\n%s\nand has\n%s", before, after)
	}
	mustCopy(t, a, b)
	equal(t, a, b)
}

// TestCopySame checks that a store is not copied into itself under another address, which
// would corrupt its counts.
func TestCopySame(t *testing.T) {
	folder := t.TempDir()
	redis := redisAt(redistest.Test(t), "a")
	act(t, folder, 1)
	act(t, redis, 1)
	for _, c := range []struct{ from, to string }{
		{folder, folder},
		{folder, folder + "/../" + filepath.Base(folder)},
		{folder, filepath.Join(folder, config.DataFileName)},
		{redis, redis},
		{redis, strings.Replace(redis, "127.0.0.1", "localhost", 1)},
	} {
		before := dump(t, c.from)
		stdout, _, err := call(t, nil, "copy", "--from", c.from, "--to", c.to)
		if err == nil || !strings.Contains(err.Error(), "--from and --to are the same store") {
			t.Errorf("copying %s to %s: %v\n%s", c.from, c.to, err, stdout)
		}
		if _, _, err := call(t, nil, "copy", "--from", c.from, "--to", c.to, "--replace", "plain"); err == nil {
			t.Errorf("copying %s to %s replaces it by itself", c.from, c.to)
		}
		if dump(t, c.from) != before {
			t.Errorf("copying %s to %s changed it", c.from, c.to)
		}
	}
}

// TestCopyServed checks that the folder of a running server is refused, and that a backup can
// be copied instead.
func TestCopyServed(t *testing.T) {
	folder, other := t.TempDir(), t.TempDir()
	act(t, folder, 1)
	want := dump(t, folder)
	url := startHere(t, folder)
	get(t, url+"/_status")
	_, _, err := call(t, nil, "copy", "--from", folder, "--to", other)
	if err == nil || !strings.HasSuffix(err.Error(), "stop that process, or read a copy made by \"sixpack backup\"") {
		t.Errorf("from its folder: %v", err)
	}
	if _, err := os.Stat(filepath.Join(other, config.DataFileName)); err == nil {
		t.Error("it makes a target")
	}
	if _, _, err = call(t, nil, "copy", "--from", other, "--to", folder); err == nil || !strings.Contains(err.Error(), "there is no file "+filepath.Join(other, config.DataFileName)) {
		t.Errorf("from nothing: %v", err)
	}
	backup := filepath.Join(t.TempDir(), "now")
	if _, _, err := call(t, nil, "backup", backup, "--data-dir", folder); err != nil {
		t.Fatal(err)
	}
	if _, _, err = call(t, nil, "copy", "--from", backup, "--to", folder); err == nil || !strings.Contains(err.Error(), "stop that process first") {
		t.Errorf("to its folder: %v", err)
	}
	mustCopy(t, backup, other)
	if got := dump(t, other); got != want {
		t.Errorf("the target has\n%s\nwant\n%s", got, want)
	}
}

// TestCopyConfigured takes one of the stores from the configuration.
func TestCopyConfigured(t *testing.T) {
	a, b, c := t.TempDir(), t.TempDir(), t.TempDir()
	act(t, a, 1)
	if _, _, err := call(t, nil, "copy", "--to", b, "--data-dir", a); err != nil {
		t.Fatal(err)
	}
	equal(t, a, b)
	if _, _, err := call(t, []string{"SIXPACK_DATA_DIR=" + c}, "copy", "--from", b); err != nil {
		t.Fatal(err)
	}
	equal(t, a, c)
	for _, args := range [][]string{{"--data-dir", a}, {"--data-dir", a, "--to", a}, {"--store", "memory", "--to", a}} {
		if _, _, err := call(t, nil, append([]string{"copy"}, args...)...); !errors.As(err, new(usage)) {
			t.Errorf("%v: %v", args, err)
		}
	}
}

// TestCopyInterrupt does what Ctrl-C does while the first clients are copied.
func TestCopyInterrupt(t *testing.T) {
	a, b := t.TempDir(), t.TempDir()
	many(t, a, 5000)
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var out bytes.Buffer
	err := run(ctx, []string{"copy", "--from", a, "--to", b}, nil, &out, onWrite(cancel))
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("it ended with %v before it was interrupted", err)
	}
	if exitStatus(err, &out) != 1 || !strings.Contains(out.String(), "sixpack: interrupted") {
		t.Errorf("it says\n%s", out.String())
	}
	mustCopy(t, a, b)
	equal(t, a, b)
}

// onWrite is a writer that calls a function when it is written to.
type onWrite func()

// Write implements [io.Writer].
func (f onWrite) Write(p []byte) (int, error) {
	f()
	return len(p), nil
}
