package sixpack2_test

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/internal/reference"
	"github.com/sixpack-go/sixpack/internal/sixpack2"
	"github.com/sixpack-go/sixpack/store"
)

// altered lists the keys of dumps that are different after an import and an export, and
// why. All others are the same.
var altered = []struct{ scenario, key, want, why string }{
	{"reset-release-pins", "e:exp", "map[created_at:2012-12-01 09:30 traffic_fraction:1.0]", `the fraction was "False", which Sixpack takes for 1`},
	{"duplicate-alternatives", "e:exp:alternatives", "one two", "each alternative is one"},
	{"ids-without-participation", "e:exp:users", "b c", "a number without bits is no client"},
	{"record-force-both", "e:exp:users", "cid synthetic", "the client's other participation becomes a count without a client"},
	{"record-force-both", "p:exp:two:all", "synthetic", "the same"},
	{"record-force-both", "p:exp:two:2013", "synthetic", "the same"},
	{"record-force-both", "p:exp:two:2013-01", "synthetic", "the same"},
	{"record-force-both", "p:exp:two:2013-01-29", "synthetic", "the same"},
	{"record-force-both", "p:exp:_all:all", "cid synthetic", "the same"},
	{"record-force-both", "p:exp:_all:2013", "cid synthetic", "the same"},
	{"record-force-both", "p:exp:_all:2013-01", "cid synthetic", "the same"},
	{"record-force-both", "p:exp:_all:2013-01-29", "synthetic", "the same"},
}

// TestThereAndBack imports the dumps into each store and exports them under another prefix,
// where the data must be the same.
func TestThereAndBack(t *testing.T) {
	client := dial(t)
	for i, d := range reference.Lines[dump](t, "keyspace.jsonl") {
		for name, open := range stores {
			t.Run(d.Scenario+"/"+name, func(t *testing.T) {
				from, to := fmt.Sprint(name, "-from", i), fmt.Sprint(name, "-to", i)
				load(t, client, from, d)
				want := content(t, client, from)
				for _, a := range altered {
					if a.scenario != d.Scenario {
						continue
					}
					if want[a.key] == a.want || want[a.key] == "" {
						t.Errorf("%s is listed as altered to %s, but was %s", a.key, a.want, want[a.key])
					}
					want[a.key] = a.want
				}
				st := open(t, client, from)
				importAll(t, sixpack2.New(client, from, time.UTC), st)
				for name, e := range exportAll(t, sixpack2.New(client, to, time.UTC), st) {
					if !e.Equal() {
						t.Errorf("exporting %q says %+v", name, e)
					}
				}
				compareContent(t, content(t, client, to), want)
			})
		}
	}
}

func exportAll(tb testing.TB, space *sixpack2.Space, st store.Store) map[string]sixpack2.Exported {
	tb.Helper()
	records, err := st.Records(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	done := make(map[string]sixpack2.Exported)
	for _, r := range records {
		if done[r.Name], err = space.Export(tb.Context(), st, r.Name, false, nil); err != nil {
			tb.Fatal(err)
		}
	}
	return done
}

func compareContent(t *testing.T, got, want map[string]string) {
	t.Helper()
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%s is %.300s, want %.300s", key, got[key], value)
		}
	}
	for key, value := range got {
		if want[key] == "" {
			t.Errorf("%s is %.300s, and was not there", key, value)
		}
	}
}

// content returns all keys of Sixpack, without the prefix, and their values: for bitmaps
// the names of the clients in them, or their number if there are no names.
func content(tb testing.TB, client rueidis.Client, prefix string) map[string]string {
	tb.Helper()
	users := make(map[string]map[int]string)
	for _, name := range strs(tb, do(tb, client, "SMEMBERS", prefix+":e")) {
		users[name] = make(map[int]string)
		scores, err := do(tb, client, "ZRANGE", prefix+":e:"+name+":users", "0", "-1", "WITHSCORES").AsZScores()
		if err != nil {
			tb.Fatal(err)
		}
		for _, z := range scores {
			if strings.HasPrefix(z.Member, "\x00") {
				z.Member = "synthetic"
			}
			users[name][int(z.Score)] = z.Member
		}
	}
	all := make(map[string]string)
	for _, key := range strs(tb, do(tb, client, "KEYS", prefix+":*")) {
		rest := strings.TrimPrefix(key, prefix+":")
		if strings.HasPrefix(rest, "x") { // our own store's
			continue
		}
		_, experiment, _ := strings.Cut(rest, ":")
		experiment, _, _ = strings.Cut(experiment, ":")
		experiment, _, _ = strings.Cut(experiment, "/")
		all[rest] = describe(tb, client, key, users[experiment])
	}
	return all
}

func describe(tb testing.TB, client rueidis.Client, key string, users map[int]string) string {
	tb.Helper()
	kind, err := do(tb, client, "TYPE", key).ToString()
	if err != nil {
		tb.Fatal(err)
	}
	switch kind {
	case "set":
		return sorted(strs(tb, do(tb, client, "SMEMBERS", key)))
	case "list":
		return strings.Join(strs(tb, do(tb, client, "LRANGE", key, "0", "-1")), " ")
	case "zset":
		var names []string
		for _, name := range users {
			names = append(names, name)
		}
		return sorted(names)
	case "hash":
		fields, err := do(tb, client, "HGETALL", key).AsStrMap()
		if err != nil {
			tb.Fatal(err)
		}
		return fmt.Sprint(fields)
	default:
		value, err := do(tb, client, "GET", key).ToString()
		if err != nil {
			tb.Fatal(err)
		}
		if strings.HasSuffix(key, ":winner") {
			return value
		}
		return who(value, users)
	}
}

// who returns the clients in a bitmap.
func who(bitmap string, users map[int]string) string {
	var names []string
	for i := range 8 * len(bitmap) {
		if bitmap[i/8]&(0x80>>(i%8)) != 0 {
			names = append(names, users[i])
		}
	}
	if len(users) == 0 {
		return fmt.Sprint(len(names))
	}
	return sorted(names)
}

func sorted(names []string) string {
	sort.Strings(names)
	return strings.Join(names, " ")
}

func strs(tb testing.TB, r rueidis.RedisResult) []string {
	tb.Helper()
	all, err := r.AsStrSlice()
	if err != nil && !rueidis.IsRedisNil(err) {
		tb.Fatal(err)
	}
	return slices.Clone(all)
}
