package dashboard

import (
	"hash/maphash"
	"net/netip"
	"sync"
	"time"

	pace "golang.org/x/time/rate"
)

// limiter lets everybody try something a few times at once and then every while.
type limiter struct {
	every time.Duration
	burst int
	seed  maphash.Seed

	mu sync.Mutex // guards of
	// of is by a hash of who it is, which some share: so it never holds more than
	// 65,536, however many names and addresses somebody thinks up.
	of map[uint16]*pace.Limiter
}

func newLimiter(burst int, every time.Duration) *limiter {
	return &limiter{every: every, burst: burst, seed: maphash.MakeSeed(), of: make(map[uint16]*pace.Limiter)}
}

// take takes one try of somebody, which undo gives back. If there is none left,
// it returns how long to wait for the next.
func (l *limiter) take(who string, now time.Time) (undo func(), wait time.Duration) {
	r := l.find(who).ReserveN(now, 1)
	undo = func() { r.CancelAt(now) }
	if wait = r.DelayFrom(now); wait > 0 {
		undo()
	}
	return undo, wait
}

func (l *limiter) find(who string) *pace.Limiter {
	slot := uint16(maphash.String(l.seed, who))
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.of[slot] == nil {
		l.of[slot] = pace.NewLimiter(pace.Every(l.every), l.burst)
	}
	return l.of[slot]
}

// network returns what counts as one who tries: an address, of IPv6 the network
// that one customer gets.
func network(a netip.Addr) string {
	if a.Is6() {
		const customer = 64
		if n, err := a.Prefix(customer); err == nil {
			return n.String()
		}
	}
	return a.String()
}
