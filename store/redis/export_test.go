package redis

import (
	"context"

	"github.com/sixpack-go/sixpack/store"
)

// ConvertAs is Convert with a nonce of the caller's.
func (s *Store) ConvertAs(ctx context.Context, c store.Conversion, nonce string) (store.Facts, error) {
	return s.convert(ctx, c, nonce)
}

// Keys returns one of each kind of an experiment, the record's first.
func Keys(prefix, experiment string) []string {
	k := keysOf(rootOf(prefix), experiment)
	return []string{k.record(), k.garbage(), k.counts("1"), k.used("1"), k.bucket("1", 0), k.totals("1", 0)}
}

// RoundTrip returns the ID of the client that is kept where id is.
func RoundTrip(id string) string { return clientID(keyOf(id).field) }
