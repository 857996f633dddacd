package main

import (
	"encoding/binary"
	"encoding/hex"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"
)

// inTurn measures each contender once per round, one after the other, so that other work of the
// machine affects all of them. It returns the values of all rounds for each contender.
func inTurn[T any](rounds int, contenders ...func() (T, error)) ([][]T, error) {
	measured := make([][]T, len(contenders))
	for range rounds {
		for i, turn := range contenders {
			value, err := turn()
			if err != nil {
				return nil, err
			}
			measured[i] = append(measured[i], value)
		}
	}
	return measured, nil
}

// timed returns a turn for inTurn that returns the seconds for n calls.
func timed(n int, calls func(n int) error) func() (float64, error) {
	return func() (float64, error) {
		began := time.Now()
		err := calls(n)
		return time.Since(began).Seconds(), err
	}
}

// scaled returns f of every value.
func scaled[T any](values []T, f func(T) float64) []float64 {
	list := make([]float64, len(values))
	for i, v := range values {
		list[i] = f(v)
	}
	return list
}

// callers is the number of concurrent callers.
const callers = 64

// connections is the number of connections of a server under load. The speed of a store that
// syncs before it answers depends on how many callers share a sync.
const connections = 256

// concurrently calls do for each number below n, with a number of calls at a time.
func concurrently(atATime, n int, do func(i uint64) error) error {
	var group errgroup.Group
	var next atomic.Uint64
	for range atATime {
		group.Go(func() error {
			for i := next.Add(1) - 1; i < uint64(n); i = next.Add(1) - 1 {
				if err := do(i); err != nil {
					return err
				}
			}
			return nil
		})
	}
	return group.Wait()
}

// A uuid is a client ID of the most frequent form.
type uuid [16]byte

// uuidOf returns the ID of the nth client. All IDs are different, not in order, and the same in
// every process and every run.
func uuidOf(n uint64) (id uuid) {
	binary.BigEndian.PutUint64(id[:8], scramble(2*n))
	binary.BigEndian.PutUint64(id[8:], scramble(2*n+1))
	id[6] = id[6]&0x0f | 0x40
	id[8] = id[8]&0x3f | 0x80
	return id
}

// scramble is the last step of SplitMix64: a bijection without a pattern.
func scramble(x uint64) uint64 {
	x *= 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// String returns the ID in the form of a UUID.
func (id uuid) String() string { return string(id.appendTo(nil)) }

func (id uuid) appendTo(b []byte) []byte {
	b = hex.AppendEncode(b, id[:4])
	b = hex.AppendEncode(append(b, '-'), id[4:6])
	b = hex.AppendEncode(append(b, '-'), id[6:8])
	b = hex.AppendEncode(append(b, '-'), id[8:10])
	return hex.AppendEncode(append(b, '-'), id[10:])
}
