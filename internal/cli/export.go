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

const exportHelp = `Writes all data to Redis in the format of Sixpack 2, so that you can move back. Participants
keep their alternative. It then compares all totals by alternative, KPI and day, and lists
the data that Sixpack cannot store.

You can repeat the command, also after an interruption: Sixpack sees only complete
experiments, incomplete ones are written again, and unchanged ones are skipped. If Sixpack
has an experiment with other clients or counts, it is refused and the others are written;
--force overwrites it. The exit status is 1 if an experiment was refused or differs.

--to is Sixpack's Redis with its database and prefix (default: redis_url or redis_host in the
configuration). --from is a folder or a Redis URL (default: the configured store). Stop the
servers of both first.`

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
		Use: "export", Short: "write all data in the format of Sixpack 2, to move back",
		Long: exportHelp, Example: exportExamples, Args: arguments(0, 0),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.StringVar(&f.from, "from", "", "`STORE` to export")
	own.StringVar(&f.to, "to", "", "`URL` of Sixpack's Redis")
	own.BoolVar(&f.force, "force", false, "overwrite experiments that Sixpack already has")
	completeFiles(c, "from")
	return c
}

func (f *exportCmd) run(ctx context.Context, in *invocation) (err error) {
	s, err := in.settings()
	if err != nil {
		return err
	}
	if f.from == "" && s.Store == config.StoreMemory {
		return errors.New("store is memory, which only the server can read: name a folder or a Redis URL with --from")
	}
	if f.to == "" && !s.NamesRedis() {
		return usageError("--to is missing: name Sixpack's Redis, such as redis://localhost:6379/15?prefix=sxp")
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
		return errors.New("there are no experiments to export: check --from, or data_dir or redis_url in the configuration")
	}
	space := sixpack2.New(client, prefix, sixpack2.Config{Location: s.Timezone.Location})
	progress := report.NewProgress(in.stderr)
	all, err := space.ExportAll(ctx, st, experiments, f.force, progressOf(progress, "writing"))
	progress.Finish()
	if err := report.Export(in.stdout, all); err != nil {
		return err
	}
	if err != nil {
		fmt.Fprintln(in.stderr, "What was written is kept. Run the same command to continue.")
		return err
	}
	return report.ExportError(all)
}
