package sixpack2

import (
	"context"
	"slices"
	"strconv"
	"strings"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/store"
)

// A chunk holds all bits and names of a range of numbers.
type chunk struct {
	from     int64 // the first number, a multiple of 8
	size     int   // how many numbers, a multiple of 64
	names    []string
	named    bits // numbers with a name
	excluded bits
	parts    [][]part // by kind and alternative
}

// A part holds the bits of one kind and alternative in a chunk.
type part struct {
	all   bits
	later bits      // all, read again after the days
	days  []dayBits // in order
}

type dayBits struct {
	day  store.Day
	bits bits
}

// read reads the chunk that begins with a number. Sixpack first assigns a client its
// number, then sets all bits of its participation in one step, and later the bits of a
// conversion. Data is read in the opposite order, so that for each bit that is read
// everything that came before it is read, too.
func (x *Experiment) read(ctx context.Context, from int64) (*chunk, error) {
	size := x.located.size
	s := &chunk{from: from, size: int(size), names: make([]string, size), named: make(bits, size/8), parts: make([][]part, len(x.kinds))}
	var asks, later []ask
	for i, of := range slices.Backward(x.located.series) {
		s.parts[i] = make([]part, len(of))
		for j := range of {
			asks = append(asks, x.piece(of[j].all.key, s, &s.parts[i][j].all))
			later = append(later, x.piece(of[j].all.key, s, &s.parts[i][j].later))
		}
	}
	asks = x.users(append(asks, x.piece(x.keys.excluded(), s, &s.excluded)), s)
	for i, of := range x.located.series {
		for j, given := range of {
			for _, b := range given.days {
				if b.reaches(from/8, (from+size)/8) {
					s.parts[i][j].days = append(s.parts[i][j].days, dayBits{day: b.day})
				}
			}
			asks = x.pieces(asks, s, given, s.parts[i][j].days)
		}
	}
	if err := x.ask(ctx, append(asks, later...)); err != nil {
		return nil, err
	}
	s.dropNew()
	return s, nil
}

// dropNew drops the bits of clients that came while the chunk was read, as some of their
// bits were read and some were not. The next import reads them.
func (s *chunk) dropNew() {
	for _, of := range s.parts {
		for _, p := range of {
			came := p.later.without(p.all)
			for i := range p.days {
				p.days[i].bits = p.days[i].bits.without(came)
			}
		}
	}
}

// pieces appends the commands that read the days of a part.
func (x *Experiment) pieces(asks []ask, s *chunk, of series, days []dayBits) []ask {
	i := 0
	for _, b := range of.days {
		if i < len(days) && b.day == days[i].day {
			asks = append(asks, x.piece(b.key, s, &days[i].bits))
			i++
		}
	}
	return asks
}

// piece returns the command that reads the bits of a bitmap in a chunk.
func (x *Experiment) piece(key string, of *chunk, into *bits) ask {
	*into = make(bits, of.size/8)
	first := of.from / 8
	command := x.space.client.B().Getrange().Key(key).Start(first).End(first + int64(of.size)/8 - 1).Build()
	return ask{key, of.size / 8, command, func(r rueidis.RedisResult) error {
		got, err := r.ToString()
		if err == nil {
			copy(*into, got)
		}
		return err
	}}
}

// users appends the commands that read the names in a chunk.
func (x *Experiment) users(asks []ask, s *chunk) []ask {
	key := x.keys.users()
	for from := s.from; from < s.from+int64(s.size); from += minChunk {
		lowest, beyond := strconv.FormatInt(from, 10), "("+strconv.FormatInt(from+minChunk, 10)
		command := x.space.client.B().Zrangebyscore().Key(key).Min(lowest).Max(beyond).Withscores().Build()
		asks = append(asks, ask{key, minChunk * bytesPerName, command, func(r rueidis.RedisResult) error {
			scores, err := r.AsZScores()
			for _, z := range scores {
				x.name(s, z)
			}
			return err
		}})
	}
	return asks
}

// bytesPerName estimates the bytes of a name and its number.
const bytesPerName = 64

// name sets the name of a number in a chunk.
func (x *Experiment) name(s *chunk, z rueidis.ZScore) {
	id := int(z.Score - float64(s.from))
	switch {
	case float64(id) != z.Score-float64(s.from):
		x.damagef("client %q has the number %v in %s, which is not an integer: not imported", z.Member, z.Score, x.keys.users())
	case s.named.has(id):
		x.damagef("client %q has the same number %v in %s as client %q: not imported", z.Member, z.Score, x.keys.users(), s.names[id])
	case strings.HasPrefix(z.Member, syntheticName):
		// It stands for a count without a client.
	default:
		s.named.set(id)
		s.names[id] = z.Member
	}
}

// undated reports whether there are bits without a day.
func (s *chunk) undated() bool {
	for _, of := range s.parts {
		for _, p := range of {
			dated := make(bits, len(p.all))
			for _, d := range p.days {
				dated.or(d.bits)
			}
			if p.all.without(dated).count() > 0 {
				return true
			}
		}
	}
	return false
}
