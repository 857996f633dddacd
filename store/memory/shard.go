package memory

import (
	"strings"
	"sync"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/internal/clientid"
)

// A shard holds a part of an experiment's clients.
type shard struct {
	mu     sync.Mutex // guards the tables
	uuids  table[[16]byte]
	others table[string]
}

// A table holds clients by one kind of key. Conversions are separate, so that only clients
// that convert take space for them.
type table[K comparable] struct {
	clients     map[K]client
	conversions map[clientKPI[K]]conversion
}

type clientKPI[K comparable] struct {
	client K
	kpi    int32 // index in Record.KPIs, which only grows until all clients are deleted
}

func (s *shard) client(k key) store.ClientState {
	if k.isUUID {
		return s.uuids.client(k.uuid)
	}
	return s.others.client(k.other)
}

func (s *shard) put(k key, c store.ClientState) {
	if k.isUUID {
		s.uuids.put(k.uuid, c)
		return
	}
	s.others.put(strings.Clone(k.other), c) // the ID may be a part of a request
}

func (s *shard) conversion(k key, kpi int) store.ClientConversion {
	if k.isUUID {
		return s.uuids.conversion(k.uuid, kpi)
	}
	return s.others.conversion(k.other, kpi)
}

func (s *shard) convert(k key, kpi int, v store.ClientConversion) {
	if k.isUUID {
		s.uuids.convert(k.uuid, kpi, v)
		return
	}
	s.others.convert(strings.Clone(k.other), kpi, v)
}

// all returns copies of all clients.
func (s *shard) all(kpis []string) []store.Client {
	list := make([]store.Client, 0, len(s.uuids.clients)+len(s.others.clients))
	list = s.uuids.appendAll(list, clientid.Format, kpis)
	return s.others.appendAll(list, strings.Clone, kpis)
}

func (t *table[K]) client(id K) store.ClientState {
	if c, ok := t.clients[id]; ok {
		return c.state()
	}
	return unseen
}

func (t *table[K]) put(id K, c store.ClientState) {
	if t.clients == nil {
		t.clients = make(map[K]client)
	}
	t.clients[id] = compact(c) // clients that have converted do not change
}

func (t *table[K]) conversion(id K, kpi int) store.ClientConversion {
	v := t.conversions[clientKPI[K]{id, int32(kpi)}]
	return store.ClientConversion{Day: v.day, Events: v.events, Total: v.total}
}

// convert keeps v for a client that is in the table.
func (t *table[K]) convert(id K, kpi int, v store.ClientConversion) {
	if t.conversions == nil {
		t.conversions = make(map[clientKPI[K]]conversion)
	}
	t.conversions[clientKPI[K]{id, int32(kpi)}] = conversion{v.Day, v.Events, v.Total}
	if c := t.clients[id]; !c.converted {
		c.converted = true
		t.clients[id] = c
	}
}

// appendAll appends the clients of t to list. The text function returns the ID of a key.
func (t *table[K]) appendAll(list []store.Client, text func(K) string, kpis []string) []store.Client {
	for id, c := range t.clients {
		list = append(list, store.Client{
			ID:          text(id),
			Choice:      int(c.choice),
			Epoch:       c.epoch,
			Reserved:    c.reserved,
			Day:         c.day,
			Conversions: t.conversionsOf(id, c, kpis),
		})
	}
	return list
}

func (t *table[K]) conversionsOf(id K, c client, kpis []string) (list []store.ClientConversion) {
	if !c.converted {
		return nil
	}
	for i, kpi := range kpis {
		if v := t.conversion(id, i); v.Events > 0 {
			v.KPI = kpi
			list = append(list, v)
		}
	}
	return list
}
