package redis

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

const (
	placeSize = 20  // bytes, see placeOf
	logBatch  = 500 // changes
)

// placeOf returns the bytes by which a log is in the order of
// store.Change.Compare: the second, so that those before 1970 come first, the
// nanosecond, and the ID.
func placeOf(c store.Change) string {
	b := binary.BigEndian.AppendUint64(make([]byte, 0, placeSize), uint64(c.At.Unix())^1<<63)
	b = binary.BigEndian.AppendUint32(b, uint32(c.At.Nanosecond()))
	return string(binary.BigEndian.AppendUint64(b, c.ID))
}

// changeArgs are those by which a script logs changes.
func changeArgs(changes []store.Change) (args []string, err error) {
	for _, c := range changes {
		text, err := c.Encode()
		if err != nil {
			return nil, err
		}
		args = append(args, placeOf(c), string(text))
	}
	return args, nil
}

// Changes implements [store.Store].
func (s *Store) Changes(ctx context.Context, experiment string, most int) (changes []store.Change, err error) {
	last := int64(max(most, 0)) - 1 // -1 is the very last
	err = s.do(ctx, "changes", func(ctx context.Context) error {
		read := s.client.B().Zrevrange().Key(logOf(baseOf(s.root, experiment))).Start(0).Stop(last).Build()
		members, err := s.client.Do(ctx, read).AsStrSlice()
		if err == nil {
			changes, err = decodeChanges(members)
		}
		return err
	})
	return changes, err
}

func decodeChanges(members []string) (changes []store.Change, err error) {
	for _, m := range members {
		var c store.Change
		if err := json.Unmarshal([]byte(m[min(placeSize, len(m)):]), &c); err != nil {
			return nil, fmt.Errorf("%w: log: %w", errDamaged, err)
		}
		changes = append(changes, c)
	}
	return changes, nil
}

// log merges changes into the log of an experiment, whether it is there or not,
// and returns how many of them were not known.
func (s *Store) log(ctx context.Context, experiment string, changes []store.Change) (added int, err error) {
	for batch := range slices.Chunk(changes, logBatch) {
		err = s.do(ctx, "import", func(ctx context.Context) error {
			args, err := changeArgs(batch)
			if err != nil {
				return err
			}
			message, err := s.exec(ctx, s.scripts.log, []string{logOf(baseOf(s.root, experiment))}, args)
			if err != nil {
				return err
			}
			n, err := message.AsInt64()
			added += int(n)
			return err
		})
		if err != nil {
			return added, err
		}
	}
	return added, nil
}
