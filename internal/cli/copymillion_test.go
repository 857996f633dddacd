package cli

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/redistest"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
)

// TestCopyMillion reports how long the program takes to copy a million clients
// from a file to Redis and back, and its memory.
func TestCopyMillion(t *testing.T) {
	if *million == 0 {
		t.Skip("run it with -million=1000000")
	}
	folder, back := t.TempDir(), t.TempDir()
	importMany(t, filepath.Join(folder, config.DataFileName), *million)
	redis := "redis://" + redistest.Test(t).Addr
	for _, c := range [][]string{
		{"copy", "--from", folder, "--to", redis},
		{"copy", "--from", folder, "--to", redis}, // nothing is new
		{"copy", "--from", redis, "--to", back},
		{"copy", "--from", back, "--to", t.TempDir()},
	} {
		path, err := program()
		if err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), path, c...)
		cmd.Env = environment()
		out := &atTheEnd{t: t, cmd: cmd}
		cmd.Stdout = out
		began := time.Now()
		err = cmd.Run()
		took := time.Since(began)
		if err != nil {
			t.Fatal(err)
		}
		t.Logf("%v: %v, %.0f clients/s; %s\n%s", c, took.Round(10*time.Millisecond), float64(*million)/took.Seconds(), out.memory, out.said.String())
	}
	t.Logf("the file had %s, that which came back from Redis has %s",
		size(fileSize(filepath.Join(folder, config.DataFileName))), size(fileSize(filepath.Join(back, config.DataFileName))))
}

// atTheEnd takes what the program says when it is done, and its memory then.
type atTheEnd struct {
	t      *testing.T
	cmd    *exec.Cmd
	said   bytes.Buffer
	memory string
}

// Write implements [io.Writer].
func (a *atTheEnd) Write(p []byte) (int, error) {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", a.cmd.Process.Pid))
	if err != nil {
		a.t.Error(err)
	}
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "VmHWM") || strings.HasPrefix(line, "Rss") {
			a.memory += strings.Join(strings.Fields(line), " ") + "; "
		}
	}
	return a.said.Write(p)
}

// importMany makes a store of clients of whom every tenth has converted.
func importMany(t *testing.T, path string, n int) {
	t.Helper()
	st, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	now := time.Now()
	i := store.Import{Record: store.Record{
		Name: "first", Version: 1, Alternatives: []string{"a", "b"}, Salt: "first", Created: now, Traffic: 1,
		Epoch: store.Epoch{Number: 1, Start: now},
	}}
	dice := rand.New(rand.NewPCG(1, 2))
	for k := range int64(n) {
		c := store.Client{ID: id(k), Choice: int(k % 2), Epoch: 1, Day: store.DayOf(now) - store.Day(k%30)}
		if k%10 == 0 {
			c.Conversions = []store.ClientConversion{{Day: c.Day, Events: 1 + k%3, Total: store.Amount(dice.Int64N(1e8))}}
		}
		i.Clients = append(i.Clients, c)
		if len(i.Clients) == 20_000 || k == int64(n)-1 {
			if _, err := st.Import(t.Context(), i); err != nil {
				t.Fatal(err)
			}
			i.Clients = i.Clients[:0]
		}
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
}
