package storetest

import (
	"context"
	"errors"

	"github.com/sixpack-go/sixpack/store"
)

// calls returns a call of every method except Close. Each call has an effect if it is carried
// out.
func (s subject) calls(r store.Record) map[string]func(context.Context) error {
	next, created := r.Clone(), newRecord("created", "red", "blue")
	next.Description = "next"
	create := in(created, "client", 0)
	create.Version, create.Record = 0, &created
	replace := in(r, "replacing", 0)
	replace.Record = &next
	calls := map[string]func(context.Context) error{
		"Participate":               func(ctx context.Context) error { _, err := s.store.Participate(ctx, in(r, "new", 1)); return err },
		"Participate, creating":     func(ctx context.Context) error { _, err := s.store.Participate(ctx, create); return err },
		"Participate, replacing":    func(ctx context.Context) error { _, err := s.store.Participate(ctx, replace); return err },
		"Participate, known client": func(ctx context.Context) error { _, err := s.store.Participate(ctx, in(r, "late", 1)); return err },
		"Convert":                   func(ctx context.Context) error { _, err := s.store.Convert(ctx, by(r, "late", "new")); return err },
		"Lookup":                    func(ctx context.Context) error { _, err := s.store.Lookup(ctx, r.Name, "late"); return err },
		"Records":                   func(ctx context.Context) error { _, err := s.store.Records(ctx); return err },
		"Counts":                    func(ctx context.Context) error { _, err := s.store.Counts(ctx); return err },
		"Save":                      func(ctx context.Context) error { _, err := s.store.Save(ctx, next, made(1)); return err },
		"Clear":                     func(ctx context.Context) error { _, err := s.store.Clear(ctx, next, false, made(2)); return err },
		"Delete":                    func(ctx context.Context) error { _, err := s.store.Delete(ctx, r.Name, made(3)); return err },
		"Import": func(ctx context.Context) error {
			_, err := s.store.Import(ctx, store.Import{Record: created})
			return err
		},
		"Changes": func(ctx context.Context) error { _, err := s.store.Changes(ctx, r.Name, 0); return err },
		"Ping":    s.store.Ping,
		"Clients": func(ctx context.Context) (last error) {
			for _, err := range s.store.Clients(ctx, r.Name) {
				if last != nil {
					return errors.New("the iteration goes on after an error")
				}
				last = err
			}
			return last
		},
	}
	if i, ok := s.store.(store.Identifier); ok {
		calls["ID"] = func(ctx context.Context) error { _, err := i.ID(ctx); return err }
	}
	return calls
}

func contextCancelled(s subject) {
	r := s.used("button")
	s.must(s.store.Ping(s.t.Context()))
	ctx, cancel := context.WithCancel(s.t.Context())
	cancel()
	for name, call := range s.calls(r) {
		s.unchanged(name, func() {
			if err := call(ctx); !errors.Is(err, context.Canceled) {
				s.t.Errorf("%s with a cancelled context: got %v, want %v", name, err, context.Canceled)
			}
		})
	}
}

func closedStore(s subject) {
	r := s.used("button")
	wait := begin(8, func(i int) error {
		for n := 0; ; n++ { // until the store is closed
			if _, err := s.store.Participate(s.t.Context(), in(r, uuid(n*100+i), 0)); err != nil {
				return orClosed(err)
			}
			if _, err := s.store.Counts(s.t.Context(), "button"); err != nil {
				return orClosed(err)
			}
		}
	})
	if err := s.store.Close(); err != nil {
		s.t.Errorf("Close: %v", err)
	}
	for name, call := range s.calls(r) {
		if err := call(s.t.Context()); !errors.Is(err, store.ErrClosed) {
			s.t.Fatalf("%s after Close: got %v, want %v", name, err, store.ErrClosed)
		}
	}
	wait(s.t)
	if err := s.store.Close(); err != nil {
		s.t.Errorf("a second Close: %v", err)
	}
}

func orClosed(err error) error {
	if errors.Is(err, store.ErrClosed) {
		return nil
	}
	return err
}
