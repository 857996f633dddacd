package cli

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/spf13/cobra"
)

const copyHelp = `Copies all experiments, with their clients, counts and logs of changes, from one store to
another: from the embedded store to Redis when one machine is outgrown, or back. Then the
results of both are compared, number by number; the exit status is 1 if any differ. What
remains of an experiment that was deleted, its log, is not copied.

A store is a folder with the embedded store's file, that file or a backup of it, or a URL of
Redis (see redis_url in "sixpack help config"). One of both may be left out: it is the
configured one.

It may be run again, also after it was interrupted, and takes only what is new. So most can
be copied while the server runs, and the rest in a moment when it is stopped:

  1. Copy while the server runs: from Redis as it is, from the embedded store by way of a
     backup, as its server has the file for itself.
  2. Stop the server, and copy again.
  3. Start it with the other store.

What the target has beside is left as it is. An experiment of the same name that is not a
copy is refused, and the others are copied; --replace deletes it in the target first.`

const copyExamples = `  sixpack copy --from /var/lib/sixpack --to redis://10.0.0.5:6379/0
  sixpack copy --to redis://10.0.0.5:6379/0 --dry-run
  sixpack backup now.db && sixpack copy --from now.db --to redis://10.0.0.5:6379/0
  sixpack copy --from redis://10.0.0.5:6379/0 --to ./sixpack-data --replace button-color`

// copyFlags are those of copy.
type copyFlags struct {
	from, to string
	dry      bool
	replace  []string
}

func copyCommand(p *process) *cobra.Command {
	var f copyFlags
	c := &cobra.Command{
		Use: "copy", Short: "copy all data from one store to another",
		Long: copyHelp, Example: copyExamples, Args: arguments(0, 0),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.StringVar(&f.from, "from", "", "the `STORE` to copy")
	own.StringVar(&f.to, "to", "", "the `STORE` to copy into")
	own.BoolVar(&f.dry, "dry-run", false, "write nothing, but tell what would be copied")
	own.StringArrayVar(&f.replace, "replace", nil, "delete this `EXPERIMENT` in the target first; may be repeated")
	completeFiles(c, "from", "to")
	return c
}

func (f *copyFlags) run(ctx context.Context, in *invocation) (err error) {
	s, err := in.settings()
	if err != nil {
		return err
	}
	source, target, err := f.openBoth(&s.config)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, source.Close(), target.Close()) }()
	c := copying{source, target, copyBatch, f.replace, in.stderr}
	if err := c.checkReplace(ctx); err != nil {
		return err
	}
	if f.dry {
		return c.foretell(ctx, in.stdout)
	}
	return c.run(ctx, in.stdout)
}

// run copies, and tells what came of it.
func (c copying) run(ctx context.Context, w io.Writer) error {
	same, err := c.sameStore(ctx)
	if err != nil {
		return err
	}
	if same {
		return errSame
	}
	done, err := c.all(ctx)
	if err := writeCopied(w, done); err != nil {
		return err
	}
	if err != nil {
		return fmt.Errorf("%w\nWhat was copied stays. The same command goes on from there", err)
	}
	return verdict(done)
}
