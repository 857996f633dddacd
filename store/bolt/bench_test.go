package bolt_test

import (
	"encoding/hex"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"go.etcd.io/bbolt"
)

const benchCallers = 64

// BenchmarkNewClients has many callers add new clients to a store and, alternately, to bare
// bbolt, where Batch only puts the value of a client.
func BenchmarkNewClients(b *testing.B) {
	ours := participateNew(b)
	db := openBare(b)
	db.MaxBatchDelay = time.Millisecond
	compare(b, 50, func() error { return ours(newID()) }, func() error {
		id := newID()
		return db.Batch(func(tx *bbolt.Tx) error { return tx.Bucket(bareBucket).Put(id[:], bareValue) })
	})
}

// BenchmarkExistingClient looks for a known client repeatedly in a store and, alternately, in
// bare bbolt.
func BenchmarkExistingClient(b *testing.B) {
	s := open(b, newPath(b))
	r := create(b, s, "button")
	id := newID()
	p := in(r, written(id), 1)
	participate(b, s, p)
	db := openBare(b)
	if err := db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(bareBucket).Put(id[:], bareValue) }); err != nil {
		b.Fatal(err)
	}
	compare(b, 500, func() error {
		f, err := s.Participate(b.Context(), p)
		if err == nil && (f.Wrote || f.Choice != 1) {
			err = errors.New("a known client is new")
		}
		return err
	}, func() error {
		return db.View(func(tx *bbolt.Tx) error {
			if tx.Bucket(bareBucket).Get(id[:]) == nil {
				return errors.New("the key is gone")
			}
			return nil
		})
	})
}

// compare has many callers make n calls each, alternately of the store and of bare bbolt, and
// reports calls per second and the ratio.
func compare(b *testing.B, n int, ours, bare func() error) {
	b.Helper()
	var took, bareTook time.Duration
	for b.Loop() {
		took += together(b, n, ours)
		bareTook += together(b, n, bare)
	}
	calls := float64(b.N * n * benchCallers)
	b.ReportMetric(calls/took.Seconds(), "calls/s")
	b.ReportMetric(calls/bareTook.Seconds(), "bare/s")
	b.ReportMetric(bareTook.Seconds()/took.Seconds(), "ratio")
	b.ReportMetric(0, "ns/op") // of both together, which has no meaning
}

func together(b *testing.B, n int, call func() error) time.Duration {
	b.Helper()
	begun := time.Now()
	var all sync.WaitGroup
	for range benchCallers {
		all.Go(func() {
			for range n {
				if err := call(); err != nil {
					b.Error(err)
				}
			}
		})
	}
	all.Wait()
	return time.Since(begun)
}

var (
	bareBucket = []byte("clients")
	bareValue  = []byte{2, 1, 0xa0, 0xc0, 2}
)

func openBare(b *testing.B) *bbolt.DB {
	b.Helper()
	db, err := bbolt.Open(newPath(b), 0o600, nil)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := db.Close(); err != nil {
			b.Error(err)
		}
	})
	err = db.Update(func(tx *bbolt.Tx) error {
		_, err := tx.CreateBucket(bareBucket)
		return err
	})
	if err != nil {
		b.Fatal(err)
	}
	return db
}

func newID() (id [16]byte) {
	for i := range id {
		id[i] = byte(rand.Uint32())
	}
	return id
}

func participateNew(b *testing.B) func(id [16]byte) error {
	b.Helper()
	s := open(b, newPath(b))
	r := create(b, s, "button")
	return func(id [16]byte) error {
		f, err := s.Participate(b.Context(), in(r, written(id), int(id[0]%2)))
		if err == nil && !f.Wrote {
			err = errors.New("a new client is known")
		}
		return err
	}
}

// written returns the text of a UUID.
func written(id [16]byte) string {
	s := hex.EncodeToString(id[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
