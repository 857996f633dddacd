package store

// Client is one client of an experiment, as Clients returns and Import takes it.
type Client struct {
	ID          string
	Choice      int // an index or Out
	Epoch       uint32
	Reserved    bool
	Day         Day                // when the client first participated or was found to be Out
	Conversions []ClientConversion // one for each KPI that the client converted for
}

// State returns c without its ID and conversions.
func (c Client) State() ClientState {
	return ClientState{Choice: c.Choice, Reserved: c.Reserved, Epoch: c.Epoch, Day: c.Day}
}

// ClientConversion is what a client did for one KPI.
type ClientConversion struct {
	KPI    string
	Day    Day   // of the first conversion
	Events int64 // conversions, including the first
	Total  Amount
}

// ClientState is the state of a client in an experiment, for implementations of [Store]:
//
//	None ──→ Out ──→ Reserved ──→ participates
//
// A client may skip states, but never goes back, and its alternative never changes. The
// state of a client that was never seen is ClientState{Choice: None}.
type ClientState struct {
	Choice   int
	Reserved bool
	Epoch    uint32
	Day      Day
}

// Participates reports whether the client has an alternative that is not just reserved.
func (c ClientState) Participates() bool { return c.Choice >= 0 && !c.Reserved }

// Facts returns the facts about the client of a record with a version.
func (c ClientState) Facts(version uint64) Facts {
	return Facts{Version: version, Choice: c.Choice, Reserved: c.Reserved, Epoch: c.Epoch}
}

// After returns the state after p, which is c if p changes nothing.
func (c ClientState) After(p Participation) ClientState {
	switch {
	case c.Choice == None && p.Choice != None, c.Choice == Out && p.Choice >= 0:
		return ClientState{Choice: p.Choice, Reserved: p.Reserve, Epoch: p.Epoch, Day: DayOf(p.At)}
	case c.Reserved && !p.Reserve && p.Choice >= 0:
		c.Reserved, c.Day = false, DayOf(p.At)
	}
	return c
}

// Merge returns the state after an import of the state o: the one that is further on its
// way, which is c if both are in the same place.
func (c ClientState) Merge(o ClientState) ClientState {
	if o.progress() > c.progress() {
		return o
	}
	return c
}

func (c ClientState) progress() int {
	switch {
	case c.Participates():
		return 3
	case c.Reserved:
		return 2
	case c.Choice == Out:
		return 1
	}
	return 0
}

// After returns v after one more conversion, and false if v.Total cannot hold its value.
func (v ClientConversion) After(c Conversion) (ClientConversion, bool) {
	if v.Events == 0 {
		v.Day = DayOf(c.At)
	}
	v.Events++
	if !c.HasValue {
		return v, true
	}
	total, ok := v.Total.Add(c.Value)
	v.Total = total
	return v, ok
}

// Merge returns v after an import of o: the one with more events, but on the day of the
// first conversion that was known first.
func (v ClientConversion) Merge(o ClientConversion) ClientConversion {
	switch {
	case v.Events >= o.Events:
		return v
	case v.Events > 0:
		o.Day = v.Day
	}
	return o
}
