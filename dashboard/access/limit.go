package access

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// limiter limits attempts per key: burst at once, then one every interval.
type limiter struct {
	interval time.Duration
	burst    int
	seed     maphash.Seed

	mu sync.Mutex // guards of
	// of holds limits by a hash of the key, so that it never has more than 65,536
	// entries, however many names and addresses an attacker uses. Keys with the
	// same hash share a limit.
	of map[uint16]*rate.Limiter
}

func newLimiter(burst int, interval time.Duration) *limiter {
	return &limiter{interval: interval, burst: burst, seed: maphash.MakeSeed(), of: make(map[uint16]*rate.Limiter)}
}

// take uses one attempt, which undo gives back. If none is left, it returns how
// long to wait for the next.
func (l *limiter) take(key string, now time.Time) (undo func(), wait time.Duration) {
	r := l.find(key).ReserveN(now, 1)
	undo = func() { r.CancelAt(now) }
	if wait = r.DelayFrom(now); wait > 0 {
		undo()
	}
	return undo, wait
}

func (l *limiter) find(key string) *rate.Limiter {
	slot := uint16(maphash.String(l.seed, key))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of[slot] == nil {
		l.of[slot] = rate.NewLimiter(rate.Every(l.interval), l.burst)
	}
	return l.of[slot]
}

// network returns the key by which attempts from an address are limited: the
// address, or the /64 network that an IPv6 customer usually has.
func network(a netip.Addr) string {
	if a.Is6() {
		const customer = 64
		if n, err := a.Prefix(customer); err == nil {
			return n.String()
		}
	}
	return a.String()
}
