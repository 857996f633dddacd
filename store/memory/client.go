package memory

import "github.com/sixpack-go/sixpack/store"

// A client is kept once for each one that ever came, so it is small and has no
// pointers for the garbage collector to follow.
type client struct {
	epoch     uint32
	day       store.Day
	choice    int16
	reserved  bool
	converted bool // there are conversions to be looked for
}

// nobody is a client that was never seen.
var nobody = client{choice: store.None}

func (c client) participates() bool { return c.choice >= 0 && !c.reserved }

// standing grows with what is known of c: an import brings more, never less.
func (c client) standing() int {
	switch {
	case c.choice == store.None:
		return 0
	case c.choice == store.Out:
		return 1
	case c.reserved:
		return 2
	}
	return 3
}

// after returns what c is once p was heard, c itself if that changes nothing.
func (c client) after(p *store.Participation) client {
	switch {
	case c.choice == store.None && p.Choice != store.None, c.choice == store.Out && p.Choice >= 0:
		return client{epoch: p.Epoch, day: store.DayOf(p.At), choice: int16(p.Choice), reserved: p.Reserve}
	case c.reserved && !p.Reserve && p.Choice >= 0:
		c.reserved = false
		c.day = store.DayOf(p.At)
	}
	return c
}

// A conversion is what one client did for one KPI. The zero value is one that
// did nothing yet.
type conversion struct {
	total  store.Amount
	events int64
	day    store.Day // of the first one
}

// after returns v with one more conversion, and false if the total cannot hold it.
func (v conversion) after(c store.Conversion) (conversion, bool) {
	if v.events == 0 {
		v.day = store.DayOf(c.At)
	}
	v.events++
	if !c.HasValue {
		return v, true
	}
	total, ok := v.total.Add(c.Value)
	v.total = total
	return v, ok
}
