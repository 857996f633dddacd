package cli

import (
	"flag"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/store/bolt"
)

var million = flag.Int("million", 0, "run TestMillion with that many clients; it takes minutes")

// TestStart reports how soon the program answers with an empty store.
func TestStart(t *testing.T) {
	var times []time.Duration
	for range 5 {
		s := startServer(t, t.TempDir())
		times = append(times, s.took.Round(time.Millisecond))
		s.stop(t)
	}
	t.Logf("first answers after %v", times)
}

// TestMillion reports what a million clients cost: the memory of whoever stores
// them and of whoever serves them, and how soon the program answers.
func TestMillion(t *testing.T) {
	if *million == 0 {
		t.Skip("run it with -million=1000000")
	}
	folder := t.TempDir()
	path := filepath.Join(folder, config.DataFileName)
	began := time.Now()
	storeMany(t, path, *million)
	took := time.Since(began)
	t.Logf("stored %d clients in %v, %.0f/s; the file has %s; RssAnon is then %s",
		*million, took.Round(time.Second), float64(*million)/took.Seconds(), size(fileSize(path)), anonymous(t, "self"))
	s := startServer(t, folder)
	began = time.Now()
	get(t, s.url+"/participate?experiment=first&alternatives=a&alternatives=b&client_id="+id(1))
	t.Logf("first answer after %v; first participation took %v; RssAnon is %s",
		s.took.Round(time.Millisecond), time.Since(began).Round(time.Millisecond), anonymous(t, strconv.Itoa(s.cmd.Process.Pid)))
	const requests = 50_000
	askMany(t, s.url, requests, *million)
	began = time.Now()
	status, answer := jsonOf(t, s.url+"/experiments/first")
	if status != http.StatusOK || answer["total_participants"] != float64(*million) {
		t.Errorf("%d %v", status, answer)
	}
	t.Logf("results took %v; after %d requests RssAnon is %s",
		time.Since(began).Round(time.Millisecond), requests, anonymous(t, strconv.Itoa(s.cmd.Process.Pid)))
	began = time.Now()
	if _, _, err := call(t, nil, "backup", filepath.Join(t.TempDir(), "b.db"), "--data-dir", folder); err != nil {
		t.Error(err)
	}
	t.Logf("backup took %v; RssAnon is %s", time.Since(began).Round(time.Millisecond), anonymous(t, strconv.Itoa(s.cmd.Process.Pid)))
	s.stop(t)
}

// id is a UUID, of which most clients' ids are.
func id(n int64) string {
	h := uint64(n) * 0x9e3779b97f4a7c15
	return fmt.Sprintf("%08x-%04x-4%03x-8%03x-%012x", h>>32, h>>16&0xffff, h&0xfff, h>>20&0xfff, n)
}

func storeMany(t *testing.T, path string, n int) {
	t.Helper()
	st, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	engine := sixpack.New(st, sixpack.Config{})
	x := sixpack.Experiment{Name: "first", Alternatives: []string{"a", "b"}}
	inParallel(256, n, func(i int64) {
		if _, err := engine.Participate(t.Context(), x, id(i)); err != nil {
			t.Error(err)
		}
	})
	runtime.GC()
	t.Logf("RssAnon is %s with the store open", anonymous(t, "self"))
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
}

func askMany(t *testing.T, url string, n, clients int) {
	t.Helper()
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	inParallel(32, n, func(i int64) {
		who := i*7919%int64(clients) + 1
		answer, err := client.Get(url + "/participate?experiment=first&alternatives=a&alternatives=b&client_id=" + id(who))
		if err != nil {
			t.Error(err)
			return
		}
		_ = answer.Body.Close()
	})
}

// inParallel calls f with 1 to n, by some workers.
func inParallel(workers, n int, f func(int64)) {
	var wg sync.WaitGroup
	var next atomic.Int64
	for range workers {
		wg.Go(func() {
			for i := next.Add(1); i <= int64(n); i = next.Add(1) {
				f(i)
			}
		})
	}
	wg.Wait()
}

var rssAnon = regexp.MustCompile(`(?m)^RssAnon:\s+(\d+) kB$`)

// anonymous returns the resident memory of a process that no file backs, where
// the system tells.
func anonymous(t *testing.T, process string) string {
	t.Helper()
	status, err := os.ReadFile("/proc/" + process + "/status")
	if err != nil {
		return "unknown"
	}
	match := rssAnon.FindSubmatch(status)
	if match == nil {
		return "unknown"
	}
	kB, _ := strconv.ParseInt(string(match[1]), 10, 64)
	return size(kB * 1024)
}
