package redis

import (
	"context"

	"github.com/sixpack-go/sixpack/store"
)

// ConvertAs is Convert with a given nonce.
func (s *Store) ConvertAs(ctx context.Context, c store.Conversion, nonce string) (store.Facts, error) {
	return s.convert(ctx, c, nonce)
}

// Keys returns one key of each kind of an experiment, beginning with the record's.
func Keys(prefix, experiment string) []string {
	k := newKeys(baseOf(rootOf(prefix), experiment), "1")
	return []string{k.record, garbageOf(k.record), logOf(k.record), k.counts, k.used, k.bucketOf(0), k.totalsOf(0)}
}

// LogKey returns the key of an experiment's log.
func LogKey(prefix, experiment string) string { return logOf(baseOf(rootOf(prefix), experiment)) }

// RoundTrip returns the ID of the client that is stored in the field of id.
func RoundTrip(id string) string { return clientID(keyOf(id).field) }
