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

	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/internal/report"
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
	if err := datastore.CheckDataFile(&s.Config); err != nil {
		return err
	}
	if err := checkTarget(s.DataFile(), path, force); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return err
	}
	defer os.Remove(file.Name()) // nothing, once it has its name
	defer file.Close()
	n, err := copyTo(ctx, &s.Config, file, in.stderr)
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	experiments, clients, err := datastore.Verify(ctx, file.Name())
	if err != nil {
		return fmt.Errorf("the copy is not good: %w", err)
	}
	if err := os.Rename(file.Name(), path); err != nil {
		return err
	}
	if err := syncFolder(filepath.Dir(path)); err != nil {
		return err
	}
	fmt.Fprintf(in.stdout, "%s: %s, experiments: %d, clients in them: %d\n", path, size(n), experiments, clients)
	return nil
}

// checkTarget returns an error if a copy of the file data must not be written to
// path.
func checkTarget(data, path string, force bool) error {
	there, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil
	case err != nil:
		return err
	case there.IsDir():
		return fmt.Errorf("%s is a folder: name a file in it", path)
	}
	if info, err := os.Stat(data); err == nil && os.SameFile(info, there) {
		return fmt.Errorf("%s is the data itself", path)
	}
	if !force {
		return fmt.Errorf("%s is there already: --force replaces it", path)
	}
	return nil
}

// copyTo copies the data to a file and returns when it is on the disk.
func copyTo(ctx context.Context, c *config.Config, file *os.File, progress io.Writer) (n int64, err error) {
	bar := report.NewProgress(progress)
	bar.Start("copying", fileSize(c.DataFile()), true)
	n, err = datastore.Backup(ctx, c, io.MultiWriter(file, bar))
	if err == nil {
		err = file.Sync()
	}
	bar.Finish()
	return n, err
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
