package memory

import (
	"context"
	"slices"
	"strings"
	"sync"

	"github.com/sixpack-go/sixpack/store"
)

// logs are those of all experiments, there and deleted.
//
// What is logged happens while mu is held, so that whoever sees one of both
// sees the other: mu is taken last.
type logs struct {
	mu sync.Mutex                // guards of
	of map[string][]store.Change // by experiment, in order
}

// do carries out something and logs it. It returns how many of the changes,
// which have been checked, were not known.
func (l *logs) do(experiment string, changes []store.Change, something func()) (added int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	something()
	log := l.of[experiment]
	for _, c := range changes {
		c = c.Clone()
		c.At = c.At.Round(0) // without what only this process could compare
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
	l.of[strings.Clone(experiment)] = log // the name may be a piece of a request
	return added
}

// newest returns copies of no more than most changes, of all if that is not
// positive.
func (l *logs) newest(experiment string, most int) (changes []store.Change) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, c := range slices.Backward(l.of[experiment]) {
		if most > 0 && len(changes) == most {
			break
		}
		changes = append(changes, c.Clone())
	}
	return changes
}

func (l *logs) forget() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.of = nil
}

// checkChanges refuses what other stores could not keep either.
func checkChanges(changes []store.Change) error {
	for _, c := range changes {
		if _, err := c.Encode(); err != nil {
			return err
		}
	}
	return nil
}

// Changes implements [store.Store].
func (s *Store) Changes(ctx context.Context, experiment string, most int) ([]store.Change, error) {
	if _, err := s.find(ctx, "changes", experiment); err != nil {
		return nil, err
	}
	return s.logs.newest(experiment, most), nil
}
