package bolt

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

// An entry is a change as a log's bucket has it: keys in the order of
// store.Change.Compare, and the change as JSON.
type entry struct{ key, value []byte }

// encodeChanges returns entries, which share nothing with the changes.
func encodeChanges(changes []store.Change) (log []entry, err error) {
	for _, c := range changes {
		value, err := c.Encode()
		if err != nil {
			return nil, err
		}
		log = append(log, entry{changeKey(c), value})
	}
	return log, nil
}

// changeKey returns the second, so that those before 1970 come first, the
// nanosecond, and the ID.
func changeKey(c store.Change) []byte {
	key := binary.BigEndian.AppendUint64(nil, uint64(c.At.Unix())^1<<63)
	key = binary.BigEndian.AppendUint32(key, uint32(c.At.Nanosecond()))
	return binary.BigEndian.AppendUint64(key, c.ID)
}

func logKey(experiment string) []byte { return slices.Concat(logPrefix, []byte(experiment)) }

// log adds entries to the log of an experiment, and returns how many of them it
// did not have.
func (x *txn) log(experiment string, entries []entry) (added int, err error) {
	if len(entries) == 0 {
		return 0, nil
	}
	b, err := x.tx.CreateBucketIfNotExists(logKey(experiment))
	if err != nil {
		x.wrote(err)
		return 0, err
	}
	for _, e := range entries {
		if b.Get(e.key) == nil {
			x.put(b, e.key, e.value)
			added++
		}
	}
	return added, nil
}

// Changes implements [store.Store].
func (s *Store) Changes(ctx context.Context, experiment string, most int) ([]store.Change, error) {
	return do(ctx, s, "changes", func(x *txn) ([]store.Change, error) { return x.changes(experiment, most) })
}

func (x *txn) changes(experiment string, most int) (changes []store.Change, err error) {
	b := x.tx.Bucket(logKey(experiment))
	if b == nil {
		return nil, nil
	}
	c := b.Cursor()
	for key, value := c.Last(); key != nil && (most <= 0 || len(changes) < most); key, value = c.Prev() {
		var one store.Change
		if err := json.Unmarshal(value, &one); err != nil {
			return nil, fmt.Errorf("%w: log of %q: %w", errDamaged, experiment, err)
		}
		changes = append(changes, one)
	}
	return changes, nil
}
