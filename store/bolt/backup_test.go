package bolt_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
)

// TestBackupWhileWriting checks that the counts in a backup agree with its clients at any time.
func TestBackupWhileWriting(t *testing.T) {
	t.Parallel()
	s := open(t, newPath(t))
	r := create(t, s, "button")
	load(t, s, "button", 2000)
	ctx, cancel := context.WithCancel(t.Context())
	var all sync.WaitGroup
	for caller := range 8 {
		all.Go(func() {
			for n := 0; ctx.Err() == nil; n++ {
				client := fmt.Sprint("writer ", caller, " ", n)
				if _, err := s.Participate(t.Context(), in(r, client, n%2)); err != nil {
					t.Error(err)
				}
				if _, err := s.Convert(t.Context(), by(r, client, 1)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for n := range 5 {
		path := filepath.Join(t.TempDir(), strconv.Itoa(n))
		backup(t, s, path)
		checkSums(t, open(t, path))
	}
	cancel()
	all.Wait()
	checkSums(t, s)
}

func backup(tb testing.TB, s *bolt.Store, path string) {
	tb.Helper()
	var b bytes.Buffer
	n, err := s.Backup(tb.Context(), &b)
	if err != nil || n != int64(b.Len()) {
		tb.Fatalf("Backup: %d bytes and %v, wrote %d bytes", n, err, b.Len())
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		tb.Fatal(err)
	}
}

// checkSums compares the counts of "button" with its clients.
func checkSums(tb testing.TB, s *bolt.Store) {
	tb.Helper()
	var clients, converted int64
	for c, err := range s.Clients(tb.Context(), "button") {
		if err != nil {
			tb.Fatal(err)
		}
		clients++
		converted += int64(len(c.Conversions))
	}
	counts, err := s.Counts(tb.Context(), "button")
	if err != nil {
		tb.Fatal(err)
	}
	var counted int64
	for _, a := range counts[0].Alternatives {
		counted += a.KPI("").Converted()
	}
	if n := participants(tb, s, "button"); n != clients || counted != converted || clients < 2000 {
		tb.Errorf("%d clients, %d conversions; counted %d and %d", clients, converted, n, counted)
	}
}

func TestBackupFails(t *testing.T) {
	t.Parallel()
	s := open(t, newPath(t))
	load(t, s, "button", 2000)
	full := errors.New("disk full")
	if _, err := s.Backup(t.Context(), writerFunc(func([]byte) (int, error) { return 0, full })); !errors.Is(err, full) {
		t.Errorf("Backup to a full disk: got %v, want %v", err, full)
	}
	ctx, cancel := context.WithCancel(t.Context())
	stop := writerFunc(func(b []byte) (int, error) {
		cancel()
		return len(b), nil
	})
	if _, err := s.Backup(ctx, stop); !errors.Is(err, context.Canceled) {
		t.Errorf("Backup interrupted: got %v, want %v", err, context.Canceled)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(b []byte) (int, error) { return f(b) }

func TestCompact(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	s := open(t, path)
	r := create(t, s, "button")
	load(t, s, "button", 3000)
	participate(t, s, in(r, "the last", 1))
	convert(t, s, by(r, "the last", 5))
	create(t, s, "other")
	load(t, s, "other", 20_000)
	if found, err := s.Delete(t.Context(), "other"); !found || err != nil {
		t.Fatalf("Delete: %t, %v", found, err)
	}
	want := everything(t, s)
	if _, _, err := bolt.Compact(path); !errors.Is(err, bolt.ErrLocked) {
		t.Errorf("Compact of an open file: got %v, want %v", err, bolt.ErrLocked)
	}
	if err := errors.Join(s.Close(), os.Chmod(path, 0o640)); err != nil {
		t.Fatal(err)
	}
	link := path + ".link"
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	size := len(content(t, path))

	before, after, err := bolt.Compact(link)
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Lstat(path)
	if err != nil {
		t.Fatal(err)
	}
	if before != int64(size) || after != info.Size() || after > before/2 {
		t.Errorf("Compact from %d to %d bytes; the file had %d and has %d", before, after, size, info.Size())
	}
	if info.Mode() != 0o640 {
		t.Errorf("after Compact the mode is %v", info.Mode())
	}
	if files, err := os.ReadDir(filepath.Dir(path)); err != nil || len(files) != 2 {
		t.Errorf("Compact leaves %v, %v", files, err)
	}
	s = open(t, path)
	if got := everything(t, s); got != want {
		t.Errorf("after Compact there is\n%s\nwant\n%s", got, want)
	}
	if f := participate(t, s, in(r, "the last", 0)); f.Version != r.Version || f.Choice != 1 || f.Wrote {
		t.Errorf("after Compact a known client gets %+v", f)
	}
}

func everything(tb testing.TB, s *bolt.Store) string {
	tb.Helper()
	counts, err := s.Counts(tb.Context())
	if err != nil {
		tb.Fatal(err)
	}
	text := []string{fmt.Sprint(counts)}
	for c, err := range s.Clients(tb.Context(), "button") {
		if err != nil {
			tb.Fatal(err)
		}
		text = append(text, fmt.Sprint(c))
	}
	return strings.Join(text, "\n")
}

func TestCompactMissing(t *testing.T) {
	t.Parallel()
	path := newPath(t)
	if _, _, err := bolt.Compact(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Compact of a file that does not exist: got %v, want %v", err, os.ErrNotExist)
	}
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("Compact made the file: %v", err)
	}
}

// load imports participating clients.
func load(tb testing.TB, s *bolt.Store, experiment string, n int) {
	tb.Helper()
	r := store.Record{Name: experiment, Version: 7, Alternatives: []string{"red", "blue"}, Created: noon, Epoch: store.Epoch{Number: 1, Start: noon}}
	i := store.Import{Record: r}
	for range n {
		i.Clients = append(i.Clients, store.Client{ID: written(newID()), Choice: 1, Epoch: 1, Day: store.DayOf(noon)})
	}
	if _, err := s.Import(tb.Context(), i); err != nil {
		tb.Fatal(err)
	}
}
