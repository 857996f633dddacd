package redis_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/redis"
	"github.com/sixpack-go/sixpack/store/storetest"
)

// TestAnotherProcess continues with a second store, which has not seen the experiment.
func TestAnotherProcess(t *testing.T) {
	client, n := dial(t, startServer(t)), 0
	storetest.RunDurable(t, func(tb testing.TB) (store.Store, func() store.Store) {
		n++
		prefix := fmt.Sprint("sixpack", n)
		reopen := func() store.Store { return open(tb, client, prefix) }
		return reopen(), reopen
	})
}

// TestTwoProcesses has one of two stores clear and delete experiments that the other knows.
func TestTwoProcesses(t *testing.T) {
	client := dial(t, startServer(t))
	mine, theirs := open(t, client, "sixpack"), open(t, client, "sixpack")
	r := create(t, mine)
	participate(t, theirs, in(r, "client", 1))
	if _, err := mine.Clear(t.Context(), r, false); err != nil {
		t.Fatal(err)
	}
	if f := participate(t, theirs, in(r, "late", 1)); f.Record == nil || f.Version != r.Version+1 || f.Wrote {
		t.Errorf("a store that has not seen Clear returned %+v", f)
	}
	r.Version++
	if f := participate(t, theirs, in(r, "client", 0)); !f.Wrote || f.Choice != 0 {
		t.Errorf("a forgotten client gets %+v", f)
	}
	if found, err := mine.Delete(t.Context(), r.Name); !found || err != nil {
		t.Errorf("Delete returned %t, %v", found, err)
	}
	if f := convert(t, theirs, worth(r, "client", "", 1)); f.Version != 0 || f.Wrote {
		t.Errorf("a store that has not seen Delete returned %+v", f)
	}
	create(t, theirs)
	if clients := clientsOf(t, mine, r.Name); len(clients) != 0 {
		t.Errorf("the new experiment has clients %v", clients)
	}
	if records, err := mine.Records(t.Context()); len(records) != 1 || err != nil {
		t.Errorf("there are records %v, %v; want the new one", records, err)
	}
}

// TestGarbage has Clear and Delete fail to delete the old data, as if their process had died.
func TestGarbage(t *testing.T) {
	client := dial(t, startServer(t))
	acl := func(rule string) {
		t.Helper()
		if err := client.Do(t.Context(), client.B().AclSetuser().Username("default").Rule(rule).Build()).Error(); err != nil {
			t.Fatal(err)
		}
	}
	s := open(t, client, "sixpack")
	r := create(t, s)
	load(t, s, r, 1000)
	acl("-unlink")
	if f, err := s.Clear(t.Context(), r, false); !f.Wrote || err != nil {
		t.Fatalf("got %+v, %v", f, err)
	}
	if clients := clientsOf(t, s, r.Name); len(clients) != 0 {
		t.Errorf("garbage is taken for %d clients", len(clients))
	}
	if found, err := s.Delete(t.Context(), r.Name); !found || err != nil {
		t.Fatalf("Delete returned %t, %v", found, err)
	}
	if records, err := s.Records(t.Context()); len(records) != 0 || err != nil {
		t.Errorf("garbage is taken for records %v, %v", records, err)
	}
	acl("+unlink")
	if removed, err := s.Collect(t.Context()); removed < 900 || err != nil {
		t.Errorf("Collect returned %d, %v", removed, err)
	}
	if n, err := client.Do(t.Context(), client.B().Dbsize().Build()).AsInt64(); n != 0 || err != nil {
		t.Errorf("there are %d keys left, %v", n, err)
	}
}

// TestTimeout calls a server that does not respond.
func TestTimeout(t *testing.T) {
	addr := startServer(t)
	s := redis.New(dial(t, addr), "sixpack", redis.Config{Timeout: 50 * time.Millisecond})
	r := create(t, s)
	other := dial(t, addr)
	pause := other.B().Arbitrary("CLIENT", "PAUSE", "600000", "ALL").Build()
	if err := other.Do(t.Context(), pause).Error(); err != nil {
		t.Fatal(err)
	}
	_, err := s.Participate(t.Context(), in(r, "client", 1))
	if !errors.Is(err, context.DeadlineExceeded) || !strings.HasPrefix(err.Error(), "redis store: participate: no answer within 50ms: ") {
		t.Errorf("a call to a hanging server returned %v", err)
	}
}

// TestServerSaysNo has the server refuse writes, and uses keys with the wrong type.
func TestServerSaysNo(t *testing.T) {
	client := dial(t, startServer(t))
	s := open(t, client, "sixpack")
	r := create(t, s)
	refused := func(what, says string, command rueidis.Completed, call func() error) {
		t.Helper()
		if err := client.Do(t.Context(), command).Error(); err != nil {
			t.Fatal(err)
		}
		if err := call(); err == nil || !strings.HasPrefix(err.Error(), "redis store: ") || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: got %v, want an error with %s", what, err, says)
		}
	}
	config := func(value string) rueidis.Completed {
		return client.B().ConfigSet().ParameterValue().ParameterValue("maxmemory", value).Build()
	}
	refused("no memory left", "OOM", config("1"), func() error {
		_, err := s.Participate(t.Context(), in(r, "client", 1))
		return err
	})
	if err := client.Do(t.Context(), config("0")).Error(); err != nil {
		t.Fatal(err)
	}
	refused("a stranger's key", "WRONGTYPE", client.B().Set().Key("sixpack:x:{link}").Value("other").Build(), func() error {
		_, err := s.Lookup(t.Context(), "link", "client")
		return err
	})
	if clients := clientsOf(t, s, r.Name); len(clients) != 0 {
		t.Errorf("a refused call left clients %v", clients)
	}
}

// TestImportOverGarbage restores a deleted experiment with its old version before its old data is
// deleted.
func TestImportOverGarbage(t *testing.T) {
	client := dial(t, startServer(t))
	s := open(t, client, "sixpack")
	r := create(t, s)
	load(t, s, r, 100)
	for _, rule := range []string{"-unlink", "+unlink"} {
		if err := client.Do(t.Context(), client.B().AclSetuser().Username("default").Rule(rule).Build()).Error(); err != nil {
			t.Fatal(err)
		}
		if rule == "-unlink" {
			if found, err := s.Delete(t.Context(), r.Name); !found || err != nil {
				t.Fatalf("Delete returned %t, %v", found, err)
			}
			load(t, s, r, 10)
		}
	}
	if _, err := s.Collect(t.Context()); err != nil {
		t.Fatal(err)
	}
	if clients := clientsOf(t, s, r.Name); len(clients) != 10 {
		t.Errorf("there are %d clients, want the 10 that were imported again", len(clients))
	}
}
