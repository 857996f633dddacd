package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/internal/config"
	"github.com/sixpack-go/sixpack/internal/datastore"
	"github.com/sixpack-go/sixpack/internal/report"
	"github.com/sixpack-go/sixpack/internal/sixpack2"
)

const exportHelp = `Writes everything to a Redis as Sixpack 2 keeps it, so that the way back to Sixpack is
open. Everyone keeps their alternative there, too. At the end all totals are compared, by
alternative, KPI and day, and all that Sixpack has no place for is listed.

It may be run again, also after it was interrupted: Sixpack sees an experiment only when it
is complete, one that is not is written anew, and one that is there with the same clients
and counts is left alone. One that is there and differs, as after Sixpack or sixpack went on
serving, is refused, and the others are written; --force writes over it. The exit status is 1
if any was refused or differs.

--to is the Redis for Sixpack, with its database and prefix; if it is left out, the
configured one (redis_url or redis_host). --from is a folder or a URL of Redis; if it is left
out, the configured store. No server should use either meanwhile.`

const exportExamples = `  sixpack export --to 'redis://localhost:6379/15?prefix=sxp'
  sixpack export --from /var/lib/sixpack --to 'redis://localhost:6379/15?prefix=sxp' --force`

// exportCmd holds the flags of export.
type exportCmd struct {
	from, to string
	force    bool
}

func exportCommand(p *process) *cobra.Command {
	var f exportCmd
	c := &cobra.Command{
		Use: "export", Short: "write all data as Sixpack 2 keeps it, for the way back",
		Long: exportHelp, Example: exportExamples, Args: arguments(0, 0),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.StringVar(&f.from, "from", "", "the `STORE` to write out")
	own.StringVar(&f.to, "to", "", "the `URL` of the Redis for Sixpack")
	own.BoolVar(&f.force, "force", false, "write over experiments that Sixpack has already")
	completeFiles(c, "from")
	return c
}

func (f *exportCmd) run(ctx context.Context, in *invocation) (err error) {
	s, err := in.settings()
	if err != nil {
		return err
	}
	if f.from == "" && s.Store == config.StoreMemory {
		return errors.New("store is memory, of which nothing is there to write: name a folder or a URL with --from")
	}
	if f.to == "" && !s.NamesRedis() {
		return usageError("--to is missing: the Redis for Sixpack, such as redis://localhost:6379/15?prefix=sxp")
	}
	client, prefix, err := datastore.Dial(&s.Config, f.to)
	if err != nil {
		return err
	}
	defer client.Close()
	st, err := datastore.OpenAt(&s.Config, f.from, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	experiments, err := st.Counts(ctx)
	if err != nil {
		return err
	}
	if len(experiments) == 0 {
		return errors.New("there is no experiment to write: check --from, or data_dir or redis_url in the configuration")
	}
	space := sixpack2.New(client, prefix, sixpack2.Config{Location: s.Timezone.Location})
	progress := report.NewProgress(in.stderr)
	all, err := space.ExportAll(ctx, st, experiments, f.force, progressOf(progress, "writing"))
	progress.Finish()
	if err := report.Export(in.stdout, all); err != nil {
		return err
	}
	if err != nil {
		fmt.Fprintln(in.stderr, "What was written stays. The same command goes on from there.")
		return err
	}
	return report.ExportError(all)
}
