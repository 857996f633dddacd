package bolt

import (
	"bytes"
	"context"
	"iter"

	"github.com/sixpack-go/sixpack/store"
)

// page is the number of clients that Clients reads in one transaction. A long transaction
// would prevent the reuse of free space in the file.
const page = 1000

// Clients implements [store.Store]. The loop may call the store.
func (s *Store) Clients(ctx context.Context, experiment string) iter.Seq2[store.Client, error] {
	return func(yield func(store.Client, error) bool) {
		var clients []store.Client
		var after []byte
		for more := true; more; {
			err := s.view(ctx, func(x *txn) (err error) {
				clients, after, err = x.experiment(experiment).page(after)
				return err
			})
			if err != nil {
				yield(store.Client{}, wrap("clients", err))
				return
			}
			for _, c := range clients {
				if !yield(c, nil) {
					return
				}
			}
			more = after != nil
		}
	}
}

// page returns the next clients after a key, and the last of their keys, nil if there are no more.
func (e *experiment) page(after []byte) (clients []store.Client, last []byte, err error) {
	if !e.exists() {
		return nil, nil, nil
	}
	if err := e.load(); err != nil {
		return nil, nil, err
	}
	c := e.clients.Cursor()
	key, value := c.Seek(after)
	if after != nil && bytes.Equal(key, after) {
		key, value = c.Next()
	}
	for ; key != nil; key, value = c.Next() {
		one, err := e.export(key, value)
		if err != nil {
			return nil, nil, err
		}
		clients = append(clients, one)
		if len(clients) == page {
			return clients, bytes.Clone(key), nil
		}
	}
	return clients, nil, nil
}

// export decodes the key and value of a client.
func (e *experiment) export(key, value []byte) (store.Client, error) {
	c, err := decodeClient(value)
	if err != nil {
		return store.Client{}, err
	}
	conversions, err := decodeConversions(c.conversions)
	if err != nil {
		return store.Client{}, err
	}
	out := store.Client{ID: clientID(key), Choice: c.Choice, Epoch: c.Epoch, Reserved: c.Reserved, Day: c.Day}
	for _, v := range conversions {
		if v.kpi >= len(e.record.KPIs) {
			return store.Client{}, errDamaged
		}
		v.KPI = e.record.KPIs[v.kpi]
		out.Conversions = append(out.Conversions, v.ClientConversion)
	}
	return out, nil
}
