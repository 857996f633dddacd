package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/bolt"
)

const backupHelp = `Copies all data to FILE, as it is at one moment, also while the server runs: then the
server makes the copy and goes on serving. The copy is opened and read before it gets its
name, so a FILE that is there is a good one. To use it, stop the server and put it in place
of sixpack.db in the data folder.`

const backupExamples = `  sixpack backup sixpack-$(date +%F).db
  sixpack backup --data-dir /var/lib/sixpack /mnt/backups/sixpack.db --force`

func backupCommand(p *process) *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use: "backup FILE", Short: "copy the data to FILE, also while the server runs",
		Long: backupHelp, Example: backupExamples, Args: arguments(1, 1),
		ValidArgsFunction: files,
		RunE: p.run(func(ctx context.Context, in *invocation) error {
			return backup(ctx, in, in.arguments[0], force)
		}),
	}
	c.Flags().BoolVar(&force, "force", false, "replace FILE if it is there")
	return c
}

func backup(ctx context.Context, in *invocation, path string, force bool) error {
	s, err := in.settings()
	if err != nil {
		return err
	}
	if err := s.needDataFile(); err != nil {
		return err
	}
	if err := s.checkTarget(path, force); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // nothing, once it has its name
	defer file.Close()
	n, err := s.copyTo(ctx, file, in.stderr)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	content, err := verify(ctx, file.Name())
	if err != nil {
		return fmt.Errorf("the copy is not good: %w", err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return err
	}
	fmt.Fprintf(in.stdout, "%s: %s, %s\n", path, size(n), content)
	return nil
}

// checkTarget refuses to overwrite what should not be.
func (c *config) checkTarget(path string, force bool) error {
	there, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case there.IsDir():
		return fmt.Errorf("%s is a folder: name a file in it", path)
	}
	if data, err := os.Stat(c.dataFile()); err == nil && os.SameFile(data, there) {
		return fmt.Errorf("%s is the data itself", path)
	}
	if !force {
		return fmt.Errorf("%s is there already: --force replaces it", path)
	}
	return nil
}

// copyTo copies the data to a file, from the server if one runs, and returns
// when it is on the disk.
func (c *config) copyTo(ctx context.Context, file *os.File, progress io.Writer) (n int64, err error) {
	bar := report.NewProgress(progress)
	bar.Start("copying", fileSize(c.dataFile()), true)
	to := io.MultiWriter(file, bar)
	n, err = newRemote(string(c.DataDir)).Backup(ctx, to)
	if n == 0 && noSocket(err) {
		n, err = c.copyUnused(ctx, to)
	}
	if err == nil {
		err = file.Sync()
	}
	bar.Finish()
	return n, err
}

// noSocket tells whether there is no socket, one that nobody listens to any
// more, or none because its path would be too long.
func noSocket(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ECONNREFUSED) || errors.Is(err, syscall.EINVAL)
}

// copyUnused copies the data when no server has it.
func (c *config) copyUnused(ctx context.Context, to io.Writer) (int64, error) {
	st, err := bolt.Open(c.dataFile())
	if errors.Is(err, bolt.ErrLocked) {
		return 0, fmt.Errorf("%w, which has no socket %s (its log says why): stop it first", err, socketPath(string(c.DataDir)))
	}
	if err != nil {
		return 0, err
	}
	n, err := st.Backup(ctx, to)
	return n, errors.Join(err, st.Close())
}

// verify opens a copy, reads all of it and says what is in it.
func verify(ctx context.Context, path string) (content string, err error) {
	st, err := bolt.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	all, err := st.Counts(ctx)
	if err != nil {
		return "", err
	}
	clients := 0
	for _, r := range all {
		n, err := countClients(ctx, st, r.Record.Name)
		if err != nil {
			return "", err
		}
		clients += n
	}
	return fmt.Sprintf("experiments: %d, clients in them: %d", len(all), clients), nil
}

func countClients(ctx context.Context, st store.Store, experiment string) (n int, err error) {
	for _, err := range st.Clients(ctx, experiment) {
		if err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}

// syncFolder makes sure that a renamed file keeps its name after a crash.
func syncFolder(path string) error {
	if runtime.GOOS == "windows" {
		return nil // has no way to ask for it
	}
	folder, err := os.Open(path)
	if err != nil {
		return err
	}
	defer folder.Close()
	if err := folder.Sync(); err != nil && !errors.Is(err, syscall.EINVAL) { // of some file systems, which need none
		return err
	}
	return nil
}

// fileSize returns the size of a file, 0 if it cannot be had.
func fileSize(path string) int64 {
	info, err := os.Stat(path)
	if err != nil {
		return 0
	}
	return info.Size()
}

// size returns a number of bytes for people.
func size(bytes int64) string {
	return fmt.Sprintf("%.1f MB", float64(bytes)/1e6)
}
