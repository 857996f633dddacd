package redis_test

import (
	"errors"
	"io"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/store"
)

// A lossyProxy stands between a client and a server. On demand it withholds a reply and breaks
// the connection instead.
type lossyProxy struct {
	server string
	lose   atomic.Int64 // which of the next replies to withhold, beginning with 1; none if not positive
	lost   atomic.Int64
}

func startProxy(tb testing.TB, server string) (p *lossyProxy, addr string) {
	tb.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		tb.Fatal(err)
	}
	p = &lossyProxy{server: server}
	var group sync.WaitGroup
	group.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			group.Go(func() { p.serve(conn) })
		}
	})
	tb.Cleanup(func() {
		if err := l.Close(); err != nil {
			tb.Error(err)
		}
		group.Wait()
	})
	return p, l.Addr().String()
}

func (p *lossyProxy) serve(client net.Conn) {
	defer client.Close()
	server, err := net.Dial("tcp", p.server)
	if err != nil {
		return
	}
	var group sync.WaitGroup
	group.Go(func() {
		defer server.Close() // ends the loop below
		_, _ = io.Copy(server, client)
	})
	b := make([]byte, 64<<10)
	for {
		n, err := server.Read(b)
		if err != nil || p.lose.Add(-1) == 0 {
			if err == nil {
				p.lost.Add(1)
			}
			break
		}
		if _, err := client.Write(b[:n]); err != nil {
			break
		}
	}
	_ = client.Close() // ends the other direction
	group.Wait()
}

// TestLostReply loses the reply to a call of each kind. The driver sends it again, and it must be
// carried out once.
func TestLostReply(t *testing.T) {
	proxy, addr := startProxy(t, startServer(t))
	client := dial(t, addr)
	loadScripts(t, open(t, client, "taught"))
	for name, test := range map[string]func(t *testing.T, s store.Store, lose func(nth int64)){
		"Participate": func(t *testing.T, s store.Store, lose func(nth int64)) {
			r := create(t, s)
			participate(t, s, in(r, "known", 1))
			lose(1)
			if f := participate(t, s, in(r, "client", 1)); f.Choice != 1 || f.Version != r.Version {
				t.Errorf("got %+v", f)
			}
			if n := counts(t, s, r.Name).Alternatives[1].Participants(); n != 2 {
				t.Errorf("%d participants, want 2", n)
			}
		},
		"Participate, replacing": func(t *testing.T, s store.Store, lose func(nth int64)) {
			p := in(create(t, s), "client", 1)
			p.Record = &store.Record{Name: p.Experiment, Alternatives: []string{"red", "blue"}, Epoch: store.Epoch{Number: 2}}
			lose(1)
			if f := participate(t, s, p); f.Record != nil || f.Version != p.Version+1 || f.Choice != 1 {
				t.Errorf("got %+v", f)
			}
		},
		"Convert": func(t *testing.T, s store.Store, lose func(nth int64)) {
			r := create(t, s)
			participate(t, s, in(r, "client", 1))
			for range 2 { // a first one and a second one
				lose(1)
				if f := convert(t, s, worth(r, "client", "revenue", 5)); !f.Wrote {
					t.Errorf("got %+v", f)
				}
			}
			k := counts(t, s, r.Name).Alternatives[1].KPI("revenue")
			if k.Converted() != 1 || k.Events() != 2 || k.Totals().Sum.Int64() != 10 || k.Totals().Squares.Int64() != 100 {
				t.Errorf("two conversions worth 5 are counted as %+v", k)
			}
		},
		"Save": func(t *testing.T, s store.Store, lose func(nth int64)) {
			r := create(t, s)
			lose(1)
			if f, err := s.Save(t.Context(), r, change(1)); err != nil || !f.Wrote || f.Version != r.Version+1 {
				t.Errorf("got %+v, %v", f, err)
			}
			checkLog(t, s, r.Name, 1)
		},
		"Clear": func(t *testing.T, s store.Store, lose func(nth int64)) {
			r := create(t, s)
			participate(t, s, in(r, "client", 1))
			lose(1)
			if f, err := s.Clear(t.Context(), r, true, change(1)); err != nil || !f.Wrote || f.Version != r.Version+1 {
				t.Errorf("got %+v, %v", f, err)
			}
			if n := counts(t, s, r.Name).Alternatives[1].Participants(); n != 1 {
				t.Errorf("%d participants are counted, want 1", n)
			}
			checkLog(t, s, r.Name, 1)
		},
		"Import": func(t *testing.T, s store.Store, lose func(nth int64)) {
			r := create(t, s)
			lose(1) // the reply to whether the experiment exists
			load(t, s, r, 1000)
			lose(2) // the reply to the first clients
			load(t, s, r, 2000)
			if n := len(clientsOf(t, s, r.Name)); n != 2000 {
				t.Errorf("there are %d clients, want 2000", n)
			}
		},
		"Import, changes": func(t *testing.T, s store.Store, lose func(nth int64)) {
			r := create(t, s)
			lose(2) // the first reply says that the experiment exists
			if _, err := s.Import(t.Context(), store.Import{Record: r, Changes: []store.Change{change(2), change(1)}}); err != nil {
				t.Error(err)
			}
			checkLog(t, s, r.Name, 2, 1)
		},
		"Import, creating": func(t *testing.T, s store.Store, lose func(nth int64)) {
			i := store.Import{
				Record: store.Record{Name: "new", Version: 7, Alternatives: []string{"red", "blue"}, Epoch: store.Epoch{Number: 2}},
				Epochs: []store.Epoch{{Number: 1}},
			}
			lose(2) // the first reply says that the experiment does not exist
			if done, err := s.Import(t.Context(), i); err != nil || !done.Created {
				t.Errorf("Import returned %+v, %v", done, err)
			}
			if r := counts(t, s, "new"); len(r.Epochs) != 2 {
				t.Errorf("the epochs are %v", r.Epochs)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			before, losses := proxy.lost.Load(), int64(0)
			test(t, open(t, client, name), func(nth int64) {
				losses++
				proxy.lose.Store(nth)
			})
			if n := proxy.lost.Load() - before; n != losses {
				t.Errorf("%d replies were lost, want %d", n, losses)
			}
		})
	}
}

// loadScripts loads all scripts into the server. Otherwise the lost reply would be that a script
// is missing.
func loadScripts(t *testing.T, s store.Store) {
	t.Helper()
	r := create(t, s)
	load(t, s, r, 1)
	if _, err := s.Import(t.Context(), store.Import{Record: r, Changes: []store.Change{change(1)}}); err != nil {
		t.Fatal(err)
	}
	convert(t, s, worth(r, uuid(0), "", 1))
	if _, err := s.Save(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	r.Version++
	if _, err := s.Clear(t.Context(), r, false); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Delete(t.Context(), r.Name); err != nil {
		t.Fatal(err)
	}
}

// TestDeleteIsNotRepeated loses the reply to a call that must not be repeated.
func TestDeleteIsNotRepeated(t *testing.T) {
	proxy, addr := startProxy(t, startServer(t))
	client := dial(t, addr)
	loadScripts(t, open(t, client, "taught"))
	s := open(t, client, "sixpack")
	create(t, s)
	proxy.lose.Store(1)
	if _, err := s.Delete(t.Context(), "button", change(1)); err == nil {
		t.Error("Delete knows an answer that was lost")
	}
	if found, err := s.Delete(t.Context(), "button", change(2)); found || err != nil {
		t.Errorf("afterwards Delete returned %t, %v", found, err)
	}
	checkLog(t, s, "button", 1)
}

func change(id uint64) store.Change {
	return store.Change{ID: id, At: noon, Action: "winner"}
}

// checkLog compares a log with changes, newest first.
func checkLog(t *testing.T, s store.Store, experiment string, want ...uint64) {
	t.Helper()
	changes, err := s.Changes(t.Context(), experiment, 0)
	if err != nil {
		t.Fatal(err)
	}
	var got []uint64
	for _, c := range changes {
		got = append(got, c.ID)
	}
	if !slices.Equal(got, want) {
		t.Errorf("the log has the changes %v, want %v", got, want)
	}
}

// TestRepetitionAfterChange sends a conversion again after the record has changed. The answer
// must still be that it was counted.
func TestRepetitionAfterChange(t *testing.T) {
	s := open(t, dial(t, startServer(t)), "sixpack")
	r := create(t, s)
	participate(t, s, in(r, "client", 1))
	c := worth(r, "client", "revenue", 5)
	const nonce = "12345"
	first, err := s.ConvertAs(t.Context(), c, nonce)
	if err != nil || !first.Wrote {
		t.Fatalf("got %+v, %v", first, err)
	}
	if _, err := s.Save(t.Context(), r); err != nil {
		t.Fatal(err)
	}
	if repeated, err := s.ConvertAs(t.Context(), c, nonce); repeated != first || err != nil {
		t.Errorf("the repetition returned %+v, %v; want %+v", repeated, err, first)
	}
	if n := counts(t, s, r.Name).Alternatives[1].KPI("revenue").Events(); n != 1 {
		t.Errorf("%d conversions are counted, want 1", n)
	}
	if another, err := s.ConvertAs(t.Context(), c, "54321"); another.Wrote || another.Record == nil || err != nil {
		t.Errorf("a conversion of the old version returned %+v, %v", another, err)
	}
}

func TestClientStaysOpen(t *testing.T) {
	client := dial(t, startServer(t))
	s := open(t, client, "sixpack")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	if err := client.Do(t.Context(), client.B().Ping().Build()).Error(); errors.Is(err, rueidis.ErrClosing) {
		t.Error("Close closed a client that it did not open")
	}
}
