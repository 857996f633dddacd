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

const importHelp = `Imports the data of Sixpack 2 from Redis: all experiments, with the alternatives and
conversions of all clients, winners, pauses and descriptions. Participants keep their
alternative. Archived experiments, whose clients Sixpack has deleted, keep their counts.

It only reads, so Sixpack can keep serving. You can repeat the command, also after an
interruption: it imports only what is new. To keep the downtime short:

  1. See what would be imported, with --dry-run.
  2. Import while Sixpack serves.
  3. Stop Sixpack, import again, which takes a moment, and start sixpack.

It then compares all totals with Sixpack's by alternative, KPI and day. The exit status is 1
if any is smaller, if a setting differs, or if something could not be read. Larger totals are
normal: those clients came to sixpack after the first import.

Settings that an operator changed in Sixpack after the first import are reported. They
replace the settings here only with --settings.

--from is Sixpack's Redis with its database and prefix (default: redis_url or redis_host in
the configuration). --to is a folder or a Redis URL (default: the configured store). Both can
be the same Redis with the same prefix.`

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
		Use: "import", Short: "import the data of Sixpack 2, even while it serves",
		Long: importHelp, Example: importExamples, Args: arguments(0, 0),
		RunE: p.run(f.run),
	}
	own := c.Flags()
	own.StringVar(&f.from, "from", "", "`URL` of Sixpack's Redis")
	own.StringVar(&f.to, "to", "", "`STORE` to import into")
	own.BoolVar(&f.dry, "dry-run", false, "write nothing; show what would be imported")
	own.BoolVar(&f.settings, "settings", false, "also import winners, pauses, archiving, descriptions and traffic of experiments that exist here")
	completeFiles(c, "to")
	return c
}

func (f *importCmd) run(ctx context.Context, in *invocation) (err error) {
	s, err := in.settings()
	if err != nil {
		return err
	}
	if f.to == "" && s.Store == config.StoreMemory {
		return errors.New("store is memory, which is lost when this command ends: name a folder or a Redis URL with --to")
	}
	if f.from == "" && !s.NamesRedis() {
		return usageError("--from is missing: name Sixpack's Redis, such as redis://localhost:6379/15?prefix=sxp")
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
		return fmt.Errorf("there are no experiments of Sixpack 2 under the prefix %q: check the database and ?prefix= of --from", prefix)
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
		fmt.Fprintln(in.stderr, "What was imported is kept. Run the same command to continue.")
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
