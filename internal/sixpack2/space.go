package sixpack2

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/store"
)

// A Space is the data of one Sixpack 2 in Redis.
type Space struct {
	client   rueidis.Client
	prefix   string
	location *time.Location
}

// New returns the space under a prefix. The location is the time zone of Sixpack's server, in
// which it writes created_at. The caller closes the client.
func New(client rueidis.Client, prefix string, location *time.Location) *Space {
	return &Space{client, prefix, location}
}

// Names returns the names of the experiments, sorted.
func (s *Space) Names(ctx context.Context) ([]string, error) {
	names, err := s.client.Do(ctx, s.client.B().Smembers().Key(s.index()).Build()).AsStrSlice()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", s.index(), err)
	}
	slices.Sort(names)
	return names, nil
}

// index is the key of the names of experiments.
func (s *Space) index() string { return s.prefix + ":e" }

func (s *Space) keysOf(experiment string) keys { return keys{prefix: s.prefix, name: experiment} }

// keys returns the keys of one experiment.
type keys struct{ prefix, name string }

func (k keys) record() string       { return k.prefix + ":e:" + k.name }
func (k keys) alternatives() string { return k.record() + ":alternatives" }
func (k keys) winner() string       { return k.record() + ":winner" }
func (k keys) kpis() string         { return k.record() + ":kpis" }
func (k keys) users() string        { return k.record() + ":users" }
func (k keys) excluded() string     { return k.record() + ":excluded" }

// A kind of bitmap: participation, or conversions for one KPI.
type kind struct {
	conversions bool
	kpi         string
}

func (k keys) base(of kind) string {
	switch {
	case !of.conversions:
		return k.prefix + ":p:" + k.name
	case of.kpi == "":
		return k.prefix + ":c:" + k.name
	default:
		return k.prefix + ":c:" + k.name + "/" + of.kpi
	}
}

// periods returns the key of the set of days, months or years that have bitmaps.
func (k keys) periods(of kind, unit string) string { return k.base(of) + ":" + unit }

func (k keys) bitmap(of kind, alternative, period string) string {
	if of.conversions {
		alternative += ":users"
	}
	return k.base(of) + ":" + alternative + ":" + period
}

// The names of all alternatives, and of all time.
const (
	everyone = "_all"
	always   = "all"
)

// units are the units of periods with their sets and forms.
var units = []struct{ name, form string }{
	{"years", "2006"},
	{"months", "2006-01"},
	{"days", time.DateOnly},
}

func parseDay(s string) (store.Day, bool) {
	t, err := time.Parse(time.DateOnly, s)
	return store.DayOf(t), err == nil
}

// The number of commands sent at a time, and of bytes in their replies, is limited, so that
// the client's timeout suffices also on slow networks and for large bitmaps.
const (
	maxCommands = 100
	maxBytes    = 1 << 20
)

// An ask is a command and the function that takes its reply.
type ask struct {
	key     string
	bytes   int // maximum size of a large reply
	command rueidis.Completed
	answer  func(rueidis.RedisResult) error
}

// ask sends commands and takes their replies, in order. It calls damaged for keys of another
// type than Sixpack would give them.
func (s *Space) ask(ctx context.Context, asks []ask, damaged func(key string)) error {
	for len(asks) > 0 {
		n := fitting(asks)
		commands := make([]rueidis.Completed, n)
		for i := range commands {
			commands[i] = asks[i].command
		}
		for i, r := range s.client.DoMulti(ctx, commands...) {
			err := asks[i].answer(r)
			switch {
			case err == nil || rueidis.IsRedisNil(err):
			case wrongType(err):
				damaged(asks[i].key)
			default:
				return fmt.Errorf("%s: %w", asks[i].key, err)
			}
		}
		asks = asks[n:]
	}
	return nil
}

// fitting returns how many of the asks may be sent at a time.
func fitting(asks []ask) (n int) {
	for bytes := 0; n < min(len(asks), maxCommands) && (n == 0 || bytes+asks[n].bytes <= maxBytes); n++ {
		bytes += asks[n].bytes
	}
	return n
}

// wrongType reports whether a command failed because of the type of its key.
func wrongType(err error) bool {
	said, ok := rueidis.IsRedisErr(err)
	return ok && strings.HasPrefix(said.Error(), "WRONGTYPE")
}

// Functions for ask.answer that store the reply. On an error they store nothing.

func number(into *int64) func(rueidis.RedisResult) error {
	return answer(into, rueidis.RedisResult.AsInt64)
}

func list(into *[]string) func(rueidis.RedisResult) error {
	return answer(into, rueidis.RedisResult.AsStrSlice)
}

func answer[T any](into *T, read func(rueidis.RedisResult) (T, error)) func(rueidis.RedisResult) error {
	return func(r rueidis.RedisResult) error {
		got, err := read(r)
		if err == nil {
			*into = got
		}
		return err
	}
}
