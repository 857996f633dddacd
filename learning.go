package sixpack

import (
	"time"

	"github.com/sixpack-go/sixpack/store"
)

// Learning is how an experiment's shares come about at present.
type Learning struct {
	Name      string    // of the algorithm in force: the engine's if nobody named another
	Algorithm Algorithm // nil if the engine has none of this name: the declared shares stay
	// Learns tells whether the algorithm may set other shares than those declared.
	// Only then, what follows says something.
	Learns bool
	Window time.Duration // for a participant to convert before it counts
	Needed int64         // participants of each alternative that must count; see [Bandit]
	// Fewest is how many count of the alternative that has the fewest of them.
	Fewest int64
}

// Waits tells whether there is not enough yet to learn from.
func (l Learning) Waits() bool { return l.Learns && l.Fewest < l.Needed }

// Learning returns how the shares of an experiment come about, whose counts they
// are.
func (e *Engine) Learning(counts store.Counts) Learning {
	r, b := &counts.Record, e.config.Bandit
	l := Learning{Name: e.algorithmName(r), Algorithm: e.named(r)}
	l.Learns = l.Algorithm != nil && learns(l.Algorithm)
	if !l.Learns {
		return l
	}
	l.Window, l.Needed, l.Fewest = b.Window, b.MinParticipants, -1
	last := b.mature(counts.Epochs, e.config.Now())
	for i, arm := range declaredArms(r) {
		if arm.Weight == 0 {
			continue
		}
		if n := came(counts.Alternatives[i], 1, last); l.Fewest < 0 || n < l.Fewest {
			l.Fewest = n
		}
	}
	return l
}

// Algorithm returns that of a name, nil if the engine has none.
func (e *Engine) Algorithm(name string) Algorithm { return e.config.algorithm(name) }
