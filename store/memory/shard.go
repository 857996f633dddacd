package memory

import (
	"strings"
	"sync"

	"github.com/sixpack-go/sixpack/store"
)

// A shard holds a part of an experiment's clients.
type shard struct {
	mu     sync.Mutex // guards the tables
	uuids  table[uuid]
	others table[string]
}

// A table holds clients by one kind of key. Conversions are apart from clients,
// so that only those who convert take room for them.
type table[K comparable] struct {
	clients     map[K]client
	conversions map[clientKPI[K]]conversion
}

type clientKPI[K comparable] struct {
	client K
	kpi    int32 // index in Record.KPIs, which only grows until all clients are forgotten
}

func (s *shard) client(k key) client {
	if k.isUUID {
		return s.uuids.client(k.uuid)
	}
	return s.others.client(k.other)
}

func (s *shard) put(k key, c client) {
	if k.isUUID {
		s.uuids.put(k.uuid, c)
		return
	}
	s.others.put(strings.Clone(k.other), c) // else it could hold on to a whole request
}

func (s *shard) conversion(k key, kpi int) conversion {
	if k.isUUID {
		return s.uuids.conversion(k.uuid, kpi)
	}
	return s.others.conversion(k.other, kpi)
}

func (s *shard) convert(k key, kpi int, v conversion) {
	if k.isUUID {
		s.uuids.convert(k.uuid, kpi, v)
		return
	}
	s.others.convert(strings.Clone(k.other), kpi, v)
}

func (t *table[K]) client(id K) client {
	if c, ok := t.clients[id]; ok {
		return c
	}
	return nobody
}

func (t *table[K]) put(id K, c client) {
	if t.clients == nil {
		t.clients = make(map[K]client)
	}
	t.clients[id] = c
}

func (t *table[K]) conversion(id K, kpi int) conversion {
	return t.conversions[clientKPI[K]{id, int32(kpi)}]
}

// convert keeps v for a client that is in the table.
func (t *table[K]) convert(id K, kpi int, v conversion) {
	if t.conversions == nil {
		t.conversions = make(map[clientKPI[K]]conversion)
	}
	t.conversions[clientKPI[K]{id, int32(kpi)}] = v
	if c := t.clients[id]; !c.converted {
		c.converted = true
		t.clients[id] = c
	}
}

// appendAll appends the clients of t to list; text turns a key into the id again.
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
		if v := t.conversion(id, i); v.events > 0 {
			list = append(list, store.ClientConversion{KPI: kpi, Day: v.day, Events: v.events, Total: v.total})
		}
	}
	return list
}
