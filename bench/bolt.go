package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"go.etcd.io/bbolt"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/store/bolt"
)

// bolt compares the number of new clients per second of the bolt store with bbolt alone, which
// groups writes with its Batch.
func (b *bench) bolt(ctx context.Context) (rows []row, err error) {
	var files []*file // ours first
	defer func() {
		for _, f := range files {
			err = errors.Join(err, f.close())
		}
	}()
	ours, err := openOurs(ctx, filepath.Join(b.scratch, "ours.db"))
	if err != nil {
		return nil, err
	}
	files = append(files, ours)
	value, err := valueOfClient(ctx, filepath.Join(b.scratch, "one.db"))
	if err != nil {
		return nil, err
	}
	delays := []time.Duration{time.Millisecond, 10 * time.Millisecond} // 10 ms is its default
	for _, delay := range delays {
		raw, err := openRaw(filepath.Join(b.scratch, delay.String()+".db"), delay, value)
		if err != nil {
			return nil, err
		}
		files = append(files, raw)
	}
	var turns []func() (float64, error)
	for _, f := range files {
		turns = append(turns, timed(b.newcomers, func(n int) error { return f.bring(callers, n) }))
	}
	measured, err := inTurn(b.rounds, turns...)
	if err != nil {
		return nil, err
	}
	rate := func(seconds float64) float64 { return float64(b.newcomers) / seconds }
	for i, delay := range delays {
		rows = append(rows, beside(fmt.Sprintf("bolt: new clients, %d callers", callers), perSecond,
			scaled(measured[0], rate), fmt.Sprintf("bbolt Batch, %v", delay), scaled(measured[i+1], rate)))
	}
	// The bar compares with the better delay.
	best := 0
	if rows[1].Other.Median > rows[0].Other.Median {
		best = 1
	}
	rows[best] = rows[best].withMin(0.5)
	return rows, nil
}

// A file is a file that stores new clients.
type file struct {
	put   func(id uuid) error
	close func() error
	next  uint64
}

// bring adds n new clients to the file, many at a time.
func (f *file) bring(atATime, n int) error {
	first := f.next
	f.next += uint64(n)
	return concurrently(atATime, n, func(i uint64) error { return f.put(uuidOf(first + i)) })
}

func openOurs(ctx context.Context, path string) (*file, error) {
	st, err := bolt.Open(path)
	if err != nil {
		return nil, err
	}
	engine := sixpack.New(st, sixpack.Config{})
	put := func(id uuid) error {
		a, err := engine.Participate(ctx, button, id.String())
		if err == nil && a.Reason != sixpack.ReasonAssigned {
			err = fmt.Errorf("a new client got %+v", a)
		}
		return err
	}
	return &file{put: put, close: st.Close}, nil
}

var clientsBucket = []byte("clients")

func openRaw(path string, delay time.Duration, value []byte) (*file, error) {
	db, err := bbolt.Open(path, 0o600, nil)
	if err != nil {
		return nil, err
	}
	db.MaxBatchDelay = delay
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket(clientsBucket)
		return err
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	put := func(id uuid) error {
		return db.Batch(func(tx *bbolt.Tx) error { return tx.Bucket(clientsBucket).Put(id[:], value) })
	}
	return &file{put: put, close: db.Close}, nil
}

// valueOfClient returns the bytes that the bolt store keeps of a client, so that bbolt writes the
// same.
func valueOfClient(ctx context.Context, path string) ([]byte, error) {
	ours, err := openOurs(ctx, path)
	if err != nil {
		return nil, err
	}
	if err := errors.Join(ours.bring(1, 1), ours.close()); err != nil {
		return nil, err
	}
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	id := uuidOf(0)
	var value []byte
	err = db.View(func(tx *bbolt.Tx) error {
		value = bytes.Clone(find(tx.Cursor(), id[:]))
		return nil
	})
	if err == nil && value == nil {
		err = errors.New("our file does not keep a client under the 16 bytes of its UUID")
	}
	return value, errors.Join(err, db.Close())
}

// find returns the value of a key in the first bucket below the cursor that has the key.
func find(c *bbolt.Cursor, key []byte) []byte {
	for name, _ := c.First(); name != nil; name, _ = c.Next() {
		b := c.Bucket().Bucket(name)
		if b == nil {
			continue
		}
		if value := b.Get(key); value != nil {
			return value
		}
		if value := find(b.Cursor(), key); value != nil {
			return value
		}
	}
	return nil
}
