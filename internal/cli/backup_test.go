package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/internal/server"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
	"github.com/sixpack-go/sixpack/store/memory"
)

// TestBackup backs up a busy server: what it acknowledged before is in the copy, and
// all counts agree.
func TestBackup(t *testing.T) {
	folder := t.TempDir()
	s := startServer(t, folder)
	work, stop := startLoad(t, s.url)
	for range 5 {
		work.untilServed(t, 100)
		before := work.acknowledged()
		file := filepath.Join(t.TempDir(), "backup.db")
		stdout, _, err := call(t, nil, "backup", file, "--data-dir", folder)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(stdout, file+": ") || !strings.Contains(stdout, "experiments: 2, clients in them: ") {
			t.Errorf("it says %q", stdout)
		}
		for _, broken := range work.verify(t, readStore(t, file), before) {
			t.Error(broken)
		}
	}
	stop()
	s.stop(t)
}

// TestBackupFile checks when FILE is written and when it is refused.
func TestBackupFile(t *testing.T) {
	folder, to := t.TempDir(), t.TempDir()
	fill(t, folder)
	file := filepath.Join(to, "backup.db")
	data := filepath.Join(folder, config.DataFileName)
	if _, _, err := call(t, nil, "backup", file, "--data-dir", folder); err != nil {
		t.Fatal(err)
	}
	first, err := os.Stat(file)
	if err != nil || first.Mode().Perm() != 0o600 {
		t.Fatalf("%v, %v", first.Mode(), err)
	}
	_, _, err = call(t, nil, "backup", file, "--data-dir", folder)
	if err == nil || err.Error() != file+" exists: replace it with --force, or name another file" {
		t.Errorf("over a file: %v", err)
	}
	if _, _, err := call(t, nil, "backup", file, "--data-dir", folder, "--force"); err != nil {
		t.Error(err)
	}
	if _, _, err = call(t, nil, "backup", to, "--data-dir", folder, "--force"); err == nil || err.Error() != to+" is a folder: name a file" {
		t.Errorf("over a folder: %v", err)
	}
	if _, _, err = call(t, nil, "backup", data, "--data-dir", folder, "--force"); err == nil || err.Error() != data+" is the data file itself: name another file" {
		t.Errorf("over the data: %v", err)
	}
	if _, _, err = call(t, nil, "backup", filepath.Join(to, "no", "file"), "--data-dir", folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("into no folder: %v", err)
	}
	onlyFile(t, to, "backup.db")
	if !reflect.DeepEqual(readStore(t, file), readStore(t, data)) {
		t.Error("the copy has something else than the store")
	}
}

// TestBackupCutOff checks that a copy that breaks off leaves no file.
func TestBackupCutOff(t *testing.T) {
	folder, to := t.TempDir(), t.TempDir()
	fill(t, folder)
	for name, source := range map[string]datastore.Backer{
		"early": failing(0), "late": failing(100_000), "silent": short{},
	} {
		ctx, cancel := context.WithCancel(t.Context())
		started := make(chan struct{})
		var ended sync.WaitGroup
		ended.Go(func() {
			_ = server.Run(ctx, server.Options{
				Config: &loaded(t, nil, "--data-dir", folder).Config, Log: slog.New(slog.DiscardHandler),
				Store:   backedUp{new(memory.Store), source},
				Started: func(server.Addresses) { close(started) },
			})
		})
		<-started
		if _, _, err := call(t, nil, "backup", filepath.Join(to, "b.db"), "--data-dir", folder); err == nil {
			t.Errorf("%s: no error", name)
		}
		cancel()
		ended.Wait()
		onlyFile(t, to, "")
	}
}

// backedUp is a store with another Backup.
type backedUp struct {
	store.Store
	datastore.Backer
}

// failing is a store whose copy breaks off after some bytes.
type failing int

// Backup implements [datastore.Backer].
func (f failing) Backup(_ context.Context, w io.Writer) (int64, error) {
	n, _ := w.Write(make([]byte, f))
	return int64(n), errors.New("broken")
}

// short is a store whose copy ends too early without an error.
type short struct{}

// Backup implements [datastore.Backer].
func (short) Backup(_ context.Context, w io.Writer) (int64, error) {
	n, err := w.Write(make([]byte, 10_000))
	return int64(n), err
}

// onlyFile checks that a folder has only the named file, or none if name is empty.
func onlyFile(t *testing.T, folder, name string) {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Name() != name {
			t.Errorf("%s is left", e.Name())
		}
	}
}

// TestLongPath checks that a server works without a socket if its path is too long,
// and that the error of backup has the next step.
func TestLongPath(t *testing.T) {
	folder := filepath.Join(t.TempDir(), strings.Repeat("long", 30))
	s := startServer(t, folder)
	if !strings.Contains(s.log.String(), "backups and analyses require stopping the server") {
		t.Errorf("no warning:\n%s", s.log)
	}
	_, _, err := call(t, nil, "backup", filepath.Join(t.TempDir(), "b.db"), "--data-dir", folder)
	if err == nil || !strings.Contains(err.Error(), "in use by another sixpack process, which has no socket") {
		t.Errorf("backup: %v", err)
	}
	s.stop(t)
	if _, _, err := call(t, nil, "backup", filepath.Join(t.TempDir(), "b.db"), "--data-dir", folder); err != nil {
		t.Errorf("backup without the server: %v", err)
	}
	t.Chdir(filepath.Dir(folder))
	if got, want := datastore.SocketPath(folder), filepath.Join(filepath.Base(folder), "sixpack.sock"); got != want {
		t.Errorf("from nearby the socket is %s, want %s", got, want)
	}
}

// TestBackupAfterCrash checks that the socket of a dead server is ignored.
func TestBackupAfterCrash(t *testing.T) {
	folder := t.TempDir()
	s := startServer(t, folder)
	get(t, s.url+"/participate?experiment=a&alternatives=b&alternatives=c&client_id=d")
	s.kill()
	if _, err := os.Lstat(filepath.Join(folder, "sixpack.sock")); err != nil {
		t.Fatal("the test needs a socket that is left:", err)
	}
	for i := range 2 {
		stdout, _, err := call(t, nil, "backup", filepath.Join(t.TempDir(), "b.db"), "--data-dir", folder)
		if err != nil || !strings.Contains(stdout, "clients in them: 1") {
			t.Errorf("%v: %s", err, stdout)
		}
		if i == 0 {
			s = startServer(t, folder)
		}
	}
	s.stop(t)
}

func TestCompact(t *testing.T) {
	folder := t.TempDir()
	fill(t, folder)
	path := filepath.Join(folder, config.DataFileName)
	st, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	ctx, engine := sixpack.WithActor(t.Context(), "Zoë"), sixpack.New(st, sixpack.Config{})
	if err := errors.Join(engine.Delete(ctx, "large"), engine.Pause(ctx, "small")); err != nil {
		t.Fatal(err)
	}
	if err := st.Close(); err != nil {
		t.Fatal(err)
	}
	large := fileSize(path)
	want := readStore(t, path)
	stdout, _, err := call(t, nil, "compact", "--data-dir", folder)
	if err != nil {
		t.Fatal(err)
	}
	if got := fmt.Sprintf("%s: %s before, %s now\n", path, size(large), size(fileSize(path))); stdout != got {
		t.Errorf("it says %q, want %q", stdout, got)
	}
	if fileSize(path) >= large {
		t.Errorf("%d bytes before, %d now", large, fileSize(path))
	}
	if !reflect.DeepEqual(readStore(t, path), want) {
		t.Error("it has something else than before")
	}
	checkLogs(t, path, "large", "small")
	copied := filepath.Join(t.TempDir(), "b.db")
	if _, _, err := call(t, nil, "backup", copied, "--data-dir", folder); err != nil {
		t.Fatal(err)
	}
	checkLogs(t, copied, "large", "small")
}

// checkLogs checks that a file has one change of each named experiment, also of a
// deleted one.
func checkLogs(t *testing.T, path string, names ...string) {
	t.Helper()
	st, err := bolt.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer closeStore(t, st)
	for _, name := range names {
		changes, err := st.Changes(t.Context(), name, 0)
		if err != nil || len(changes) != 1 || changes[0].By != "Zoë" {
			t.Errorf("the log of %s is %v, %v", name, changes, err)
		}
	}
}

// fill creates a store with some data.
func fill(t *testing.T, folder string) {
	t.Helper()
	st, err := bolt.Open(filepath.Join(folder, config.DataFileName))
	if err != nil {
		t.Fatal(err)
	}
	defer st.Close()
	engine := sixpack.New(st, sixpack.Config{})
	var wg sync.WaitGroup
	var next atomic.Int64
	for range 64 {
		wg.Go(func() {
			for n := next.Add(1); n <= 10_000; n = next.Add(1) {
				x := sixpack.Experiment{Name: "large", Alternatives: []string{"a", "b"}}
				if n%100 == 0 {
					x.Name = "small"
				}
				if _, err := engine.Participate(t.Context(), x, fmt.Sprint("a client with a long id ", n)); err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}
