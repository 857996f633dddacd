package bolt

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

func logKey(experiment string) []byte { return slices.Concat(logPrefix, []byte(experiment)) }

// log adds entries to the log of an experiment, and returns the number of those that were
// unknown.
func (x *txn) log(experiment string, entries []store.LogEntry) (added int, err error) {
	if len(entries) == 0 {
		return 0, nil
	}
	b, err := x.tx.CreateBucketIfNotExists(logKey(experiment))
	if err != nil {
		x.wrote(err)
		return 0, err
	}
	for _, e := range entries {
		if b.Get(e.Key) == nil {
			x.put(b, e.Key, e.Value)
			added++
		}
	}
	return added, nil
}

// Changes implements [store.Store].
func (s *Store) Changes(ctx context.Context, experiment string, limit int) ([]store.Change, error) {
	return do(ctx, s, "changes", func(x *txn) ([]store.Change, error) { return x.changes(experiment, limit) })
}

func (x *txn) changes(experiment string, limit int) (changes []store.Change, err error) {
	b := x.tx.Bucket(logKey(experiment))
	if b == nil {
		return nil, nil
	}
	c := b.Cursor()
	for key, value := c.Last(); key != nil && (limit <= 0 || len(changes) < limit); key, value = c.Prev() {
		var one store.Change
		if err := json.Unmarshal(value, &one); err != nil {
			return nil, fmt.Errorf("%w: log of %q: %w", errDamaged, experiment, err)
		}
		changes = append(changes, one)
	}
	return changes, nil
}
