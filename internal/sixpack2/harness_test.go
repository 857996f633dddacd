package sixpack2_test

import (
	"encoding/hex"
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/internal/sixpack2"
	"github.com/sixpack-go/sixpack/internal/teststore"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/redis"
)

// dial starts a Redis server for the test and returns a client of it.
func dial(tb testing.TB) rueidis.Client {
	tb.Helper()
	return teststore.Dial(tb, redistest.Test(tb).Addr)
}

// stores are the stores to import into. The one in Redis has its keys under Sixpack's
// prefix.
var stores = map[string]func(tb testing.TB, client rueidis.Client, prefix string) store.Store{
	"memory": func(tb testing.TB, _ rueidis.Client, _ string) store.Store { tb.Helper(); return teststore.Memory(tb) },
	"bolt":   func(tb testing.TB, _ rueidis.Client, _ string) store.Store { tb.Helper(); return teststore.Bolt(tb) },
	"redis": func(_ testing.TB, client rueidis.Client, prefix string) store.Store {
		return redis.New(client, prefix, redis.Config{Timeout: 30 * time.Second})
	},
}

// created is when experiments were created whose dumps do not say so.
var created = time.Date(2012, 12, 1, 9, 30, 0, 0, time.UTC)

// dump is the content of Redis after a scenario, and Sixpack's answers then.
type dump struct {
	Scenario string
	Keys     []dumped
	Then     []exchange
	WebReads []struct {
		Query string
		JSON  page
	} `json:"web_reads"`
}

type dumped struct {
	Key, Type string
	Value     json.RawMessage
}

// exchange is a request and its answer.
type exchange struct {
	Method, Path, Query  string
	Status               int
	Alternative, Message string
}

// page is the JSON of an experiment in Sixpack's dashboard.
type page struct {
	Name              string
	Period            string
	CreatedAt         string  `json:"created_at"`
	TrafficFraction   float64 `json:"traffic_fraction"`
	ExcludedClients   int64   `json:"excluded_clients"`
	TotalParticipants int64   `json:"total_participants"`
	TotalConversions  int64   `json:"total_conversions"`
	Description       *string
	Winner            string
	IsArchived        bool `json:"is_archived"`
	IsPaused          bool `json:"is_paused"`
	KPIs              []string
	Alternatives      []struct {
		Name         string
		Participants int64 `json:"participant_count"`
		Completed    int64 `json:"completed_count"`
		Data         []struct {
			Date                      string
			Participants, Conversions float64
		}
	}
}

// load writes a dump under a prefix.
func load(tb testing.TB, client rueidis.Client, prefix string, d dump) {
	tb.Helper()
	for _, k := range d.Keys {
		key := prefix + k.Key[len("sxp"):]
		command := []string{key}
		switch k.Type {
		case "set":
			command = append([]string{"SADD", key}, parse[[]string](tb, k.Value)...)
		case "list":
			command = append([]string{"RPUSH", key}, parse[[]string](tb, k.Value)...)
		case "string":
			command = []string{"SET", key, parse[string](tb, k.Value)}
		case "hash":
			command = []string{"HSET", key}
			for field, v := range parse[map[string]string](tb, k.Value) {
				if field == "created_at" {
					v = created.Format("2006-01-02 15:04")
				}
				command = append(command, field, v)
			}
		case "zset":
			command = []string{"ZADD", key}
			for _, pair := range parse[[][2]any](tb, k.Value) {
				command = append(command, fmt.Sprint(pair[1]), fmt.Sprint(pair[0]))
			}
		case "bitmap":
			value, err := hex.DecodeString(parse[string](tb, k.Value))
			if err != nil {
				tb.Fatal(err)
			}
			command = []string{"SET", key, string(value)}
		default:
			tb.Fatalf("%s is a %s", key, k.Type)
		}
		do(tb, client, command...)
	}
}

func parse[T any](tb testing.TB, raw json.RawMessage) (v T) {
	tb.Helper()
	if err := json.Unmarshal(raw, &v); err != nil {
		tb.Fatal(err)
	}
	return v
}

// do runs a Redis command.
func do(tb testing.TB, client rueidis.Client, command ...string) rueidis.RedisResult {
	tb.Helper()
	r := client.Do(tb.Context(), client.B().Arbitrary(command...).Build())
	if err := r.Error(); err != nil && !rueidis.IsRedisNil(err) {
		tb.Fatalf("%.100q: %v", command, err)
	}
	return r
}

// importAll imports all experiments of a space and returns the outcomes.
func importAll(tb testing.TB, space *sixpack2.Space, st store.Store) map[string]sixpack2.Outcome {
	tb.Helper()
	names, err := space.Names(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	outcomes := make(map[string]sixpack2.Outcome)
	for _, name := range names {
		_, outcomes[name] = importOne(tb, space, st, name)
	}
	return outcomes
}

func importOne(tb testing.TB, space *sixpack2.Space, st store.Store, name string) (*sixpack2.Experiment, sixpack2.Outcome) {
	tb.Helper()
	x, err := space.Read(tb.Context(), name)
	if err != nil {
		tb.Fatal(err)
	}
	steps := int64(0)
	o, err := x.Import(tb.Context(), st, func(ids int64) { steps += ids })
	if err != nil {
		tb.Fatal(err)
	}
	if steps != x.IDs {
		tb.Errorf("importing %q took %d steps of %d", name, steps, x.IDs)
	}
	return x, o
}

// results returns a store's counts of an experiment.
func results(tb testing.TB, st store.Store, name string) store.Counts {
	tb.Helper()
	all, err := st.Counts(tb.Context(), name)
	if err != nil || len(all) != 1 {
		tb.Fatalf("Results(%q): %v, %v", name, all, err)
	}
	return all[0]
}
