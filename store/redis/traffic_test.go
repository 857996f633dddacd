package redis_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sixpack-go/sixpack/store"
)

// traffic is many clients that participate and convert concurrently, as fast as possible.
type traffic struct {
	store store.Store
	r     store.Record

	clients atomic.Int64 // served so far
	end     atomic.Bool
	group   sync.WaitGroup
	errs    chan error
}

const callers = 16

func startTraffic(t *testing.T, s store.Store, r store.Record) *traffic {
	t.Helper()
	f := &traffic{store: s, r: r, errs: make(chan error, callers)}
	for caller := range callers {
		f.group.Go(func() {
			for i := 0; !f.end.Load(); i++ {
				if err := f.serve(t.Context(), fmt.Sprint(caller, " ", i), i%2); err != nil {
					f.errs <- err
					return
				}
				f.clients.Add(1)
			}
		})
	}
	return f
}

// serve has a client participate twice and convert.
func (f *traffic) serve(ctx context.Context, id string, choice int) error {
	first, err := f.store.Participate(ctx, in(f.r, id, choice))
	if err != nil {
		return err
	}
	second, err := f.store.Participate(ctx, in(f.r, id, 1-choice))
	if err != nil {
		return err
	}
	if first.Choice != choice || second.Choice != choice || second.Wrote {
		return fmt.Errorf("client %s got %+v and then %+v", id, first, second)
	}
	converted, err := f.store.Convert(ctx, worth(f.r, id, "revenue", 3))
	if err == nil && !converted.Wrote {
		err = fmt.Errorf("the conversion of client %s got %+v", id, converted)
	}
	return err
}

// more waits until 500 more clients are served or a call has failed.
func (f *traffic) more(t *testing.T) {
	t.Helper()
	target := f.clients.Load() + 500
	eventually(t, func() bool { return f.clients.Load() >= target || len(f.errs) > 0 })
}

// stop ends the traffic and checks that no call failed and that each was counted once.
func (f *traffic) stop(t *testing.T) {
	t.Helper()
	f.end.Store(true)
	f.group.Wait()
	close(f.errs)
	for err := range f.errs {
		t.Error(err)
	}
	seen := make(map[string]bool)
	for _, c := range clientsOf(t, f.store, f.r.Name) {
		if seen[c.ID] {
			t.Errorf("client %s is there twice", c.ID)
		}
		seen[c.ID] = true
	}
	want := f.clients.Load()
	var participants, converted, events, sum int64
	for _, a := range counts(t, f.store, f.r.Name).Alternatives {
		k := a.KPI("revenue")
		participants += a.Participants()
		converted += k.Converted()
		events += k.Events()
		sum += k.Totals().Sum.Int64()
	}
	if t.Failed() {
		return // the failed call may have been carried out
	}
	if int64(len(seen)) != want || participants != want || converted != want || events != want || sum != 3*want {
		t.Errorf("of %d clients %d are there, %d are counted, %d converted, %d times, worth %d",
			want, len(seen), participants, converted, events, sum)
	}
}
