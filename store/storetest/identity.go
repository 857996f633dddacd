package storetest

import "github.com/sixpack-go/sixpack/store"

// oneIdentity tests stores that implement [store.Identifier].
func oneIdentity(s subject) {
	first, ok := s.store.(store.Identifier)
	if !ok {
		return
	}
	const callers = 8
	var ids [callers]string
	together(s.t, callers, func(i int) (err error) {
		ids[i], err = first.ID(s.t.Context())
		return err
	})
	s.used("button")
	if records := s.records(); len(records) != 1 {
		s.t.Errorf("the identity is taken for an experiment: %v", records)
	}
	s.delete("button")
	s.unchanged("asking for a known identity", func() {
		for _, id := range append(ids[:], id(s, s.store)) {
			if id == "" || id != ids[0] {
				s.t.Errorf("the identity is %q and then %q", ids[0], id)
			}
		}
	})
	if other := id(s, s.open(s.t)); other == ids[0] {
		s.t.Errorf("two stores have the identity %q", other)
	}
}

// id returns the identity of a store, empty if it does not implement [store.Identifier].
func id(s subject, of store.Store) string {
	s.t.Helper()
	i, ok := of.(store.Identifier)
	if !ok {
		return ""
	}
	id, err := i.ID(s.t.Context())
	s.must(err)
	return id
}

func identitySurvives(d durable) {
	before := id(d.subject, d.store)
	d = d.again()
	if after := id(d.subject, d.store); after != before {
		d.t.Errorf("the identity was %q and is %q after reopening", before, after)
	}
}
