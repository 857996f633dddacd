package memory

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/sixpack-go/sixpack/store"
)

// logs holds the logs of all experiments, including deleted ones.
//
// A change to an experiment and its log entries are made while mu is held, so that nobody
// sees one without the other. mu is the last lock to be taken.
type logs struct {
	mu sync.Mutex                // guards of
	of map[string][]store.Change // by experiment, sorted
}

// record runs change and adds entries, which have been checked, to the log. It returns the
// number of entries that were unknown.
func (l *logs) record(experiment string, entries []store.Change, change func()) (added int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	change()
	log := l.of[experiment]
	for _, c := range entries {
		c = c.Clone()
		c.At = c.At.Round(0) // drops the monotonic clock reading
		i, known := slices.BinarySearchFunc(log, c, store.Change.Compare)
		if !known {
			log = slices.Insert(log, i, c)
			added++
		}
	}
	if added == 0 {
		return 0
	}
	if l.of == nil {
		l.of = make(map[string][]store.Change)
	}
	l.of[strings.Clone(experiment)] = log // the name may be a part of a request
	return added
}

// newest returns copies of at most limit changes, or of all if limit is not positive.
func (l *logs) newest(experiment string, limit int) (changes []store.Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range slices.Backward(l.of[experiment]) {
		if limit > 0 && len(changes) == limit {
			break
		}
		changes = append(changes, c.Clone())
	}
	return changes
}

func (l *logs) clear() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of = nil
}

// Changes implements [store.Store].
func (s *Store) Changes(ctx context.Context, experiment string, limit int) ([]store.Change, error) {
	if _, err := s.find(ctx, "changes", experiment); err != nil {
		return nil, err
	}
	return s.logs.newest(experiment, limit), nil
}
