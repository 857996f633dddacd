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

const importHelp = `Takes over what Sixpack 2 has in its Redis: all experiments, with who got which alternative
and converted when, winners, pauses and descriptions. Everyone keeps their alternative. An
archived experiment, of which Sixpack has forgotten the clients, keeps its counts.

It reads only, and Sixpack may go on serving. It may be run again, also after it was
interrupted, and takes only what is new. So nobody need notice:

  1. Look what would come, with --dry-run.
  2. Import while Sixpack serves.
  3. Stop Sixpack, import again, which takes a moment, and start sixpack.

At the end all totals are compared with Sixpack's, by alternative, KPI and day; the exit
status is 1 if any is less, if a setting differs, or if something could not be read. More
than in Sixpack is no loss: they took part here since.

What an operator set in Sixpack after the first import is told, and taken over only with
--settings, as somebody may have set it here on purpose.

--from is Sixpack's Redis, with its database and prefix; if it is left out, the configured
one (redis_url or redis_host). --to is a folder or a URL of Redis; if it is left out, the
configured store. Both may be the same Redis with the same prefix.`

const importExamples = `  sixpack import --from 'redis://localhost:6379/15?prefix=sxp' --dry-run
  sixpack import --from 'redis://localhost:6379/15?prefix=sxp' --to /var/lib/sixpack
  SIXPACK_CONFIG=/etc/sixpack.yml sixpack import`

// importCmd holds the flags of import.
type importCmd struct {
	from, to      string
	dry, settings bool
}

func importCommand(p *process) *cobra.Command {
	var f importCmd
	c := &cobra.Command{
		Use: "import", Short: "take over the data of Sixpack 2, also while it serves",
		Long: importHelp, Example: importExamples, Args: arguments(0, 0),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.StringVar(&f.from, "from", "", "the `URL` of Sixpack's Redis")
	own.StringVar(&f.to, "to", "", "the `STORE` that takes it")
	own.BoolVar(&f.dry, "dry-run", false, "write nothing, but tell what would come")
	own.BoolVar(&f.settings, "settings", false, "take winners, pauses, archiving, descriptions and traffic of experiments that are there")
	completeFiles(c, "to")
	return c
}

func (f *importCmd) run(ctx context.Context, in *invocation) (err error) {
	s, err := in.settings()
	if err != nil {
		return err
	}
	if f.to == "" && s.Store == config.StoreMemory {
		return errors.New("store is memory: what comes would be gone when this ends; name a folder or a URL with --to")
	}
	if f.from == "" && !s.NamesRedis() {
		return usageError("--from is missing: Sixpack's Redis, such as redis://localhost:6379/15?prefix=sxp")
	}
	client, prefix, err := datastore.Dial(&s.Config, f.from)
	if err != nil {
		return err
	}
	defer client.Close()
	st, err := datastore.OpenTarget(&s.Config, f.to, f.dry)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	space := sixpack2.New(client, prefix, sixpack2.Config{Location: s.Timezone.Location})
	names, err := space.Names(ctx)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		return fmt.Errorf("there is no experiment of Sixpack's under the prefix %q: check the database and ?prefix= of --from", prefix)
	}
	progress := report.NewProgress(in.stderr)
	all, err := space.ImportAll(ctx, st, names, sixpack2.ImportOptions{
		DryRun: f.dry, Settings: f.settings, Progress: progressOf(progress, "reading"),
	})
	progress.Finish()
	write := report.Import
	if f.dry {
		write = report.PlannedImport
	}
	if err := write(in.stdout, all); err != nil {
		return err
	}
	if err != nil && !f.dry {
		fmt.Fprintln(in.stderr, "What was taken stays. The same command goes on from there.")
	}
	if err != nil {
		return err
	}
	return report.ImportError(all, f.dry)
}

// progressOf shows the progress of an import or export.
func progressOf(p *report.Progress, verb string) sixpack2.Progress {
	return func(name string, number, experiments int, done, total int64) {
		p.Set(fmt.Sprintf("%s %s (%d of %d)", verb, name, number, experiments), done, total)
	}
}
