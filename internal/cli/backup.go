package cli

import (
	"context"
	"fmt"
	"os"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/internal/report"
)

const backupHelp = `Copies all data to FILE as of one moment. A running server makes the copy itself and keeps
serving. FILE appears only after the copy was read and found complete. To restore it, stop
the server and put FILE in place of sixpack.db in the data folder.`

const backupExamples = `  sixpack backup sixpack-$(date +%F).db
  sixpack backup --data-dir /var/lib/sixpack /mnt/backups/sixpack.db --force`

func backupCommand(p *process) *cobra.Command {
	var force bool
	c := &cobra.Command{
		Use: "backup FILE", Short: "copy all data to FILE, even while the server runs",
		Long: backupHelp, Example: backupExamples, Args: arguments(1, 1),
		ValidArgsFunction: files,
		RunE: p.run(func(ctx context.Context, in *invocation) error {
			return backup(ctx, in, in.arguments[0], force)
		}),
	}
	c.Flags().BoolVar(&force, "force", false, "replace FILE if it exists")
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
	progress := report.NewProgress(in.stderr)
	progress.Start("copying", fileSize(s.DataFile()), true)
	b, err := datastore.Backup(ctx, &s.Config, path, force, progress)
	progress.Finish()
	if err != nil {
		return err
	}
	fmt.Fprintf(in.stdout, "%s: %s, experiments: %d, clients in them: %d\n", path, size(b.Bytes), b.Experiments, b.Clients)
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
