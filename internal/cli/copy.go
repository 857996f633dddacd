package cli

import (
	"context"
	"errors"
	"io"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/internal/transfer"
	"github.com/sixpack-go/sixpack/store"
)

const copyHelp = `Copies all experiments with their clients, counts and change histories from one store to
another: from the embedded store to Redis when you need several servers, or back. It then
compares every number in both stores; the exit status is 1 if any differ. The change
histories of deleted experiments are not copied.

A store is a folder with the embedded store's file, that file or a backup of it, or a Redis
URL (see redis_url in "sixpack help config"). If you leave out --from or --to, it is the
configured store.

You can repeat the command, also after an interruption: it copies only what is new. To keep
the downtime short:

  1. Copy while the server runs. A running server locks the embedded store: copy a backup.
  2. Stop the server, and copy again.
  3. Start the server with the other store.

Other experiments in the target stay unchanged. If the target has an experiment of the same
name that is not a copy, that experiment is refused and the others are copied; --replace
deletes it in the target first.`

const copyExamples = `  sixpack copy --from /var/lib/sixpack --to redis://10.0.0.5:6379/0
  sixpack copy --to redis://10.0.0.5:6379/0 --dry-run
  sixpack backup now.db && sixpack copy --from now.db --to redis://10.0.0.5:6379/0
  sixpack copy --from redis://10.0.0.5:6379/0 --to ./sixpack-data --replace button-color`

// copyCmd holds the flags of copy.
type copyCmd struct {
	from, to string
	dry      bool
	replace  []string
}

func copyCommand(p *process) *cobra.Command {
	var f copyCmd
	c := &cobra.Command{
		Use: "copy", Short: "copy all data from one store to another",
		Long: copyHelp, Example: copyExamples, Args: arguments(0, 0),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.StringVar(&f.from, "from", "", "`STORE` to copy from")
	own.StringVar(&f.to, "to", "", "`STORE` to copy to")
	own.BoolVar(&f.dry, "dry-run", false, "write nothing; show what would be copied")
	own.StringArrayVar(&f.replace, "replace", nil, "delete this `EXPERIMENT` in the target first; can be repeated")
	completeFiles(c, "from", "to")
	return c
}

func (f *copyCmd) run(ctx context.Context, in *invocation) (err error) {
	s, err := in.settings()
	if err != nil {
		return err
	}
	source, target, err := f.open(&s.Config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close(), target.Close()) }()
	progress := report.NewProgress(in.stderr)
	t := &transfer.Transfer{
		Source: source, Target: target, Replace: f.replace,
		Progress: func(name string, copied, total int64) { progress.Set("copying "+name, copied, total) },
	}
	if name, err := t.MissingReplacement(ctx); err != nil {
		return err
	} else if name != "" {
		return usageError("--replace: there is no experiment %q in the source", name)
	}
	if f.dry {
		all, err := t.Plan(ctx)
		if err != nil {
			return err
		}
		return report.PlannedTransfer(in.stdout, all)
	}
	defer progress.Finish()
	return copyAll(ctx, in.stdout, t)
}

// copyAll copies all experiments and prints the outcome.
func copyAll(ctx context.Context, w io.Writer, t *transfer.Transfer) error {
	all, err := t.Run(ctx)
	if errors.Is(err, transfer.ErrSame) {
		return errSame
	}
	if err := report.Transfer(w, all); err != nil {
		return err
	}
	return kept(err, report.TransferError(all))
}

// open opens both stores. A target that does not exist is created, or is empty in a dry
// run.
func (f *copyCmd) open(c *config.Config) (source, target store.Store, err error) {
	if (f.from == "" || f.to == "") && c.Store == config.StoreMemory {
		return nil, nil, usageError("store is memory, which only the server can read: name both stores with --from and --to")
	}
	if f.from == f.to || datastore.SameFile(c, f.from, f.to) {
		return nil, nil, errSame
	}
	if source, err = datastore.OpenAt(c, f.from, false); err != nil {
		return nil, nil, err
	}
	if target, err = datastore.OpenTarget(c, f.to, f.dry); err != nil {
		return nil, nil, errors.Join(err, source.Close())
	}
	return source, target, nil
}

var errSame = usageError("--from and --to are the same store: name two different ones")
