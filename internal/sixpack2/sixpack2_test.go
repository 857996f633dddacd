package sixpack2_test

import (
	"fmt"
	"strconv"
	"testing"
	"time"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/internal/sixpack2"
)

// original writes to Redis as Sixpack 2 does.
type original struct {
	tb     testing.TB
	client rueidis.Client
	prefix string
}

func newOriginal(tb testing.TB) original {
	tb.Helper()
	return original{tb, dial(tb), "sxp"}
}

func (s original) space() *sixpack2.Space {
	return sixpack2.New(s.client, s.prefix, time.UTC)
}

func (s original) do(command ...string) rueidis.RedisResult {
	s.tb.Helper()
	return do(s.tb, s.client, command...)
}

// key returns a key of an experiment.
func (s original) key(experiment, rest string) string { return s.prefix + ":e:" + experiment + rest }

// create creates an experiment.
func (s original) create(name string, alternatives ...string) {
	s.tb.Helper()
	s.do("SADD", s.prefix+":e", name)
	s.do("HSET", s.key(name, ""), "created_at", created.Format("2006-01-02 15:04"), "traffic_fraction", "1.0")
	s.do(append([]string{"RPUSH", s.key(name, ":alternatives")}, alternatives...)...)
}

// id returns the number of a client.
func (s original) id(name, client string) string {
	s.tb.Helper()
	if id, err := s.do("ZSCORE", s.key(name, ":users"), client).AsFloat64(); err == nil {
		return strconv.Itoa(int(id))
	}
	n, err := s.do("ZCARD", s.key(name, ":users")).AsInt64()
	if err != nil {
		s.tb.Fatal(err)
	}
	s.do("ZADD", s.key(name, ":users"), strconv.FormatInt(n, 10), client)
	return strconv.FormatInt(n, 10)
}

func (s original) participate(name, alternative, client, day string) {
	s.tb.Helper()
	s.mark(s.prefix+":p:"+name, alternative, "", s.id(name, client), day)
}

// mark sets the bits of a number in all periods that have a day.
func (s original) mark(base, alternative, users, id, day string) {
	s.tb.Helper()
	s.do("SADD", base+":years", day[:4])
	s.do("SADD", base+":months", day[:7])
	s.do("SADD", base+":days", day)
	const script = "for _, key in ipairs(KEYS) do redis.call('SETBIT', key, ARGV[1], 1) end"
	set := []string{"EVAL", script, "8"}
	for _, a := range []string{"_all", alternative} {
		for _, period := range []string{"all", day[:4], day[:7], day} {
			set = append(set, base+":"+a+users+":"+period)
		}
	}
	s.do(append(set, id)...)
}

// The following methods are about the experiment exp.

func (s original) convert(kpi, alternative, client, day string) {
	s.tb.Helper()
	base := s.prefix + ":c:exp"
	if kpi != "" {
		s.do("SADD", s.key("exp", ":kpis"), kpi)
		base += "/" + kpi
	}
	s.mark(base, alternative, ":users", s.id("exp", client), day)
}

func (s original) exclude(client string) {
	s.tb.Helper()
	s.do("SETBIT", s.key("exp", ":excluded"), s.id("exp", client), "1")
}

func (s original) archive() {
	s.tb.Helper()
	s.do("HSET", s.key("exp", ""), "archived", "1")
	s.do("DEL", s.key("exp", ":users"))
}

// crowd makes n clients take part in exp, in red and blue in turn, over ten days. Every
// tenth converts for the KPI sale.
func (s original) crowd(n int) {
	s.tb.Helper()
	s.create("exp", "red", "blue")
	s.do("SADD", s.key("exp", ":kpis"), "sale")
	bitmaps := make(map[string][]byte)
	mark := func(base, alternative, users, day string, id int) {
		for _, a := range []string{"_all", alternative} {
			for _, period := range []string{"all", day[:4], day[:7], day} {
				key := base + ":" + a + users + ":" + period
				if bitmaps[key] == nil {
					bitmaps[key] = make([]byte, (n+7)/8)
				}
				bitmaps[key][id/8] |= 0x80 >> (id % 8)
			}
		}
	}
	add := []string{"ZADD", s.key("exp", ":users")}
	for id := range n {
		alternative, day := []string{"red", "blue"}[id%2], fmt.Sprintf("2013-01-%02d", 1+10*id/n)
		mark(s.prefix+":p:exp", alternative, "", day, id)
		if id%10 == 0 {
			mark(s.prefix+":c:exp/sale", alternative, ":users", day, id)
		}
		if add = append(add, strconv.Itoa(id), "client-"+strconv.Itoa(id)); len(add) > 2000 || id == n-1 {
			s.do(add...)
			add = add[:2]
		}
	}
	for key, value := range bitmaps {
		s.do("SET", key, string(value))
	}
	for day := range 10 {
		for _, base := range []string{s.prefix + ":p:exp", s.prefix + ":c:exp/sale"} {
			s.do("SADD", base+":days", fmt.Sprintf("2013-01-%02d", 1+day))
			s.do("SADD", base+":months", "2013-01")
			s.do("SADD", base+":years", "2013")
		}
	}
}
