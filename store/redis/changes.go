package redis

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/sixpack-go/sixpack/store"
)

// logBatch is the maximum number of changes that one call adds to a log.
const logBatch = 500

// changeArgs returns the arguments with which a script logs changes.
func changeArgs(changes []store.Change) (args []string, err error) {
	entries, err := store.EncodeChanges(changes)
	for _, e := range entries {
		args = append(args, string(e.Key), string(e.Value))
	}
	return args, err
}

// Changes implements [store.Store].
func (s *Store) Changes(ctx context.Context, experiment string, limit int) (changes []store.Change, err error) {
	last := int64(max(limit, 0)) - 1 // -1 is the last one of all
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
		if err := json.Unmarshal([]byte(m[min(store.LogKeySize, len(m)):]), &c); err != nil {
			return nil, fmt.Errorf("%w: log: %w", errDamaged, err)
		}
		changes = append(changes, c)
	}
	return changes, nil
}

// log adds changes to the log of an experiment, which need not exist, and returns the number
// of changes that were unknown.
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
