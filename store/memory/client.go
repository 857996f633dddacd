package memory

import (
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/internal/clientid"
)

// A client is a [store.ClientState] in 12 bytes, without pointers for the garbage collector
// to follow: there is one for each client that was ever seen.
type client struct {
	epoch     uint32
	day       store.Day
	choice    int16
	reserved  bool
	converted bool // the client has conversions
}

// unseen is the state of a client that was never seen.
var unseen = store.ClientState{Choice: store.None}

func compact(s store.ClientState) client {
	return client{epoch: s.Epoch, day: s.Day, choice: int16(s.Choice), reserved: s.Reserved}
}

func (c client) state() store.ClientState {
	return store.ClientState{Choice: int(c.choice), Reserved: c.reserved, Epoch: c.epoch, Day: c.day}
}

// A conversion is a [store.ClientConversion] without its KPI.
type conversion struct {
	day    store.Day
	events int64
	total  store.Amount
}

// A key is a client ID as shards keep it: its bytes if it is a UUID, otherwise the ID.
type key struct {
	isUUID bool
	uuid   [16]byte
	other  string
}

func keyOf(id string) key {
	if u, ok := clientid.Parse(id); ok {
		return key{isUUID: true, uuid: u}
	}
	return key{other: id}
}
