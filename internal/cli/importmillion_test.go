package cli

import (
	"bytes"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"
)

// TestImportMillion reports how long it takes to come over from Sixpack with a
// million clients, and to go back, and the memory of the program that does it.
func TestImportMillion(t *testing.T) {
	if *million == 0 {
		t.Skip("run it with -million=1000000")
	}
	two := newTwoData(t)
	two.do(t, "FLUSHDB")
	two.crowd(t, *million)
	folder, redis := t.TempDir(), two.url[:len(two.url)-len("sxp")]+"ours"
	for _, args := range [][]string{
		{"import", "--from", two.url, "--to", folder, "--dry-run"},
		{"import", "--from", two.url, "--to", folder},
		{"import", "--from", two.url, "--to", folder},
		{"import", "--from", two.url, "--to", redis},
		{"export", "--from", folder, "--to", two.url},
		{"export", "--from", folder, "--to", redis},
		{"export", "--from", redis, "--to", two.url},
	} {
		path, err := program()
		if err != nil {
			t.Fatal(err)
		}
		var stdout, stderr bytes.Buffer
		cmd := exec.Command(path, args...)
		cmd.Env, cmd.Stdout, cmd.Stderr = environment(), &stdout, &stderr
		began := time.Now()
		if err := cmd.Run(); err != nil {
			t.Errorf("%q: %v\n%s%s", args, err, &stderr, &stdout)
		}
		took := time.Since(began)
		most := "unknown"
		if usage, ok := cmd.ProcessState.SysUsage().(*syscall.Rusage); ok {
			most = size(usage.Maxrss * 1024)
		}
		t.Logf("%s to %s took %.1f s, at most %s of memory:\n%s", args[0], args[4], took.Seconds(), most, rows(stdout.String()))
	}
}

// crowd makes n clients take part over 30 days in two alternatives, and each
// tenth of them convert, for two KPIs, up to four days later.
func (s twoData) crowd(t *testing.T, n int) {
	t.Helper()
	s.do(t, "SADD", "sxp:e", "crowd")
	s.do(t, "HSET", "sxp:e:crowd", "created_at", "2026-01-01 10:00", "traffic_fraction", "1.0")
	s.do(t, "RPUSH", "sxp:e:crowd:alternatives", "red", "blue")
	s.do(t, "SADD", "sxp:e:crowd:kpis", "sale")
	bitmaps := make(map[string][]byte)
	mark := func(base, alternative, users string, day, client int) {
		date := time.Date(2026, 1, 1+day, 0, 0, 0, 0, time.UTC)
		for _, a := range []string{"_all", alternative} {
			for _, period := range []string{"all", date.Format("2006"), date.Format("2006-01"), date.Format(time.DateOnly)} {
				key := base + ":" + a + users + ":" + period
				if missing := client/8 + 1 - len(bitmaps[key]); missing > 0 {
					bitmaps[key] = append(bitmaps[key], make([]byte, missing)...)
				}
				bitmaps[key][client/8] |= 0x80 >> (client % 8)
			}
		}
	}
	add := []string{"ZADD", "sxp:e:crowd:users"}
	for i := range n {
		alternative, day := []string{"red", "blue"}[i*7/3%2], i*30/n
		mark("sxp:p:crowd", alternative, "", day, i)
		if i%10 == 0 {
			mark("sxp:c:crowd", alternative, ":users", day+i/10%5, i)
			mark("sxp:c:crowd/sale", alternative, ":users", day+i/10%3, i)
		}
		if add = append(add, strconv.Itoa(i), id(int64(i))); len(add) > 2000 || i == n-1 {
			s.do(t, add...)
			add = add[:2]
		}
	}
	for key, value := range bitmaps {
		s.do(t, "SET", key, string(value))
	}
	for day := range 34 {
		for _, base := range []string{"p:crowd", "c:crowd", "c:crowd/sale"} {
			s.do(t, "SADD", "sxp:"+base+":days", time.Date(2026, 1, 1+day, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
		}
	}
}
