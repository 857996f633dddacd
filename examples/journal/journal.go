// Package journal is an example of a custom store. It keeps all data in memory and
// appends every change to a file, which Open reads.
//
// Its test runs the suite of package storetest, which every store must pass.
package journal

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"encoding/gob"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
)

// Store is a memory.Store with a journal. It reads from memory only.
type Store struct {
	*memory.Store

	mu     sync.Mutex // makes changes in memory and in the file in one order; guards the fields below
	file   *os.File
	id     string
	broken error // the first failure to append; the store then refuses changes
}

var (
	_ store.Store      = (*Store)(nil)
	_ store.Identifier = (*Store)(nil)
)

// entry is one change. Exactly one of its pointers is not nil.
type entry struct {
	Participation *store.Participation
	Conversion    *store.Conversion
	Save          *store.Record
	Clear         *store.Record
	KeepCounts    bool
	Delete        *string
	Changes       []store.Change // of Save, Clear or Delete
	Import        *store.Import
	ID            *string
}

// Open opens the store in the file at path, which it creates if there is none. It drops
// an incomplete entry at the end, which a crash left: the change was not acknowledged.
func Open(path string) (*Store, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, fmt.Errorf("journal store: %w", err)
	}
	s := &Store{Store: new(memory.Store), file: file}
	end, err := s.replay()
	if err == nil {
		err = file.Truncate(end)
	}
	if err == nil {
		_, err = file.Seek(end, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("journal store: %s: %w", path, err), file.Close())
	}
	return s, nil
}

// replay applies all complete entries and returns the offset of their end.
func (s *Store) replay() (end int64, err error) {
	for {
		var size uint32
		if err := binary.Read(s.file, binary.BigEndian, &size); err != nil {
			return end, dropShort(err)
		}
		data := make([]byte, size)
		if _, err := io.ReadFull(s.file, data); err != nil {
			return end, dropShort(err)
		}
		var e entry
		if err := gob.NewDecoder(bytes.NewReader(data)).Decode(&e); err != nil {
			return end, err
		}
		if err := s.apply(e); err != nil {
			return end, err
		}
		end += 4 + int64(size)
	}
}

func dropShort(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

func (s *Store) apply(e entry) (err error) {
	ctx := context.Background()
	switch {
	case e.Participation != nil:
		_, err = s.Store.Participate(ctx, *e.Participation)
	case e.Conversion != nil:
		_, err = s.Store.Convert(ctx, *e.Conversion)
	case e.Save != nil:
		_, err = s.Store.Save(ctx, *e.Save, e.Changes...)
	case e.Clear != nil:
		_, err = s.Store.Clear(ctx, *e.Clear, e.KeepCounts, e.Changes...)
	case e.Delete != nil:
		_, err = s.Store.Delete(ctx, *e.Delete, e.Changes...)
	case e.Import != nil:
		_, err = s.Store.Import(ctx, *e.Import)
	case e.ID != nil:
		s.id = *e.ID
	}
	return err
}

// Participate implements store.Store.
func (s *Store) Participate(ctx context.Context, p store.Participation) (f store.Facts, err error) {
	err = s.change(entry{Participation: &p}, func() (changed bool, err error) {
		f, err = s.Store.Participate(ctx, p)
		return f.Wrote || p.Record != nil && !f.Stale, err
	})
	return f, err
}

// Convert implements store.Store.
func (s *Store) Convert(ctx context.Context, c store.Conversion) (f store.Facts, err error) {
	err = s.change(entry{Conversion: &c}, func() (changed bool, err error) {
		f, err = s.Store.Convert(ctx, c)
		return f.Wrote, err
	})
	return f, err
}

// Save implements store.Store.
func (s *Store) Save(ctx context.Context, r store.Record, changes ...store.Change) (f store.Facts, err error) {
	err = s.change(entry{Save: &r, Changes: changes}, func() (changed bool, err error) {
		f, err = s.Store.Save(ctx, r, changes...)
		return f.Wrote, err
	})
	return f, err
}

// Clear implements store.Store.
func (s *Store) Clear(ctx context.Context, r store.Record, keepCounts bool, changes ...store.Change) (f store.Facts, err error) {
	err = s.change(entry{Clear: &r, KeepCounts: keepCounts, Changes: changes}, func() (changed bool, err error) {
		f, err = s.Store.Clear(ctx, r, keepCounts, changes...)
		return f.Wrote, err
	})
	return f, err
}

// Delete implements store.Store.
func (s *Store) Delete(ctx context.Context, experiment string, changes ...store.Change) (found bool, err error) {
	err = s.change(entry{Delete: &experiment, Changes: changes}, func() (changed bool, err error) {
		found, err = s.Store.Delete(ctx, experiment, changes...)
		return found, err
	})
	return found, err
}

// Import implements store.Store.
func (s *Store) Import(ctx context.Context, i store.Import) (done store.Imported, err error) {
	err = s.change(entry{Import: &i}, func() (changed bool, err error) {
		done, err = s.Store.Import(ctx, i)
		return true, err
	})
	return done, err
}

// ID implements store.Identifier. It does not use the ID of the memory.Store, which is
// new after each Open.
func (s *Store) ID(ctx context.Context) (id string, err error) {
	fresh := rand.Text()
	err = s.change(entry{ID: &fresh}, func() (changed bool, err error) {
		if err := s.Ping(ctx); err != nil {
			return false, err
		}
		if changed = s.id == ""; changed {
			s.id = fresh
		}
		id = s.id
		return changed, nil
	})
	return id, err
}

// Close implements store.Store.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.file == nil {
		return nil
	}
	file := s.file
	s.file = nil
	return errors.Join(s.Store.Close(), file.Close())
}

// change makes a change in memory. If memory changed, it appends the entry to the file
// and syncs the file. If that fails, memory is ahead of the file, so all later changes
// are refused.
func (s *Store) change(e entry, inMemory func() (changed bool, err error)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.broken != nil {
		return s.broken
	}
	if changed, err := inMemory(); err != nil || !changed {
		return err
	}
	data := bytes.NewBuffer(make([]byte, 4))
	err := gob.NewEncoder(data).Encode(e)
	if err == nil {
		binary.BigEndian.PutUint32(data.Bytes(), uint32(data.Len()-4))
		_, err = s.file.Write(data.Bytes())
	}
	if err == nil {
		err = s.file.Sync()
	}
	if err != nil {
		s.broken = fmt.Errorf("journal store: %w", err)
	}
	return s.broken
}
