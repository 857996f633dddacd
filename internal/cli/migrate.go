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
	"github.com/sixpack-go/sixpack/store"
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

--from and --to can be the same Redis with the same prefix.`

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
	own.StringVar(&f.from, "from", "", "`URL` of Sixpack's Redis with its database and prefix (default the configured Redis)")
	own.StringVar(&f.to, "to", "", "`STORE` to import into: a folder or a Redis URL (default the configured store)")
	own.BoolVar(&f.dry, "dry-run", false, "write nothing; show what would be imported")
	own.BoolVar(&f.settings, "settings", false, "also import winners, pauses, archiving, descriptions and traffic of experiments that exist here")
	completeFiles(c, "to")
	return c
}

func (f *importCmd) run(ctx context.Context, in *invocation) error {
	m := &migration{sixpack: f.from, sixpackFlag: "--from", store: f.to, storeFlag: "--to"}
	open := func(c *config.Config) (store.Store, error) { return datastore.OpenTarget(c, f.to, f.dry) }
	return m.run(in, open, func(space *sixpack2.Space, st store.Store, progress *report.Progress) error {
		names, err := space.Names(ctx)
		if err != nil {
			return err
		}
		if len(names) == 0 {
			return fmt.Errorf("there are no experiments of Sixpack 2 under the prefix %q: check the database and ?prefix= of --from", m.prefix)
		}
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
		if f.dry && err != nil {
			return err
		}
		return kept(err, report.ImportError(all, f.dry))
	})
}

const exportHelp = `Writes all data to Redis in the format of Sixpack 2, so that you can move back. Participants
keep their alternative. It then compares all totals by alternative, KPI and day, and lists
the data that Sixpack cannot store.

You can repeat the command, also after an interruption: Sixpack sees only complete
experiments, incomplete ones are written again, and unchanged ones are skipped. If Sixpack
has an experiment with other clients or counts, it is refused and the others are written;
--force overwrites it. The exit status is 1 if an experiment was refused or differs.

Stop the servers of both stores first.`

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
	own.StringVar(&f.from, "from", "", "`STORE` to export: a folder or a Redis URL (default the configured store)")
	own.StringVar(&f.to, "to", "", "`URL` of Sixpack's Redis with its database and prefix (default the configured Redis)")
	own.BoolVar(&f.force, "force", false, "overwrite experiments that Sixpack already has")
	completeFiles(c, "from")
	return c
}

func (f *exportCmd) run(ctx context.Context, in *invocation) error {
	m := &migration{sixpack: f.to, sixpackFlag: "--to", store: f.from, storeFlag: "--from"}
	open := func(c *config.Config) (store.Store, error) { return datastore.OpenAt(c, f.from, false) }
	return m.run(in, open, func(space *sixpack2.Space, st store.Store, progress *report.Progress) error {
		experiments, err := st.Counts(ctx)
		if err != nil {
			return err
		}
		if len(experiments) == 0 {
			return errors.New("there are no experiments to export: check --from, or data_dir or redis_url in the configuration")
		}
		all, err := space.ExportAll(ctx, st, experiments, f.force, progressOf(progress, "writing"))
		progress.Finish()
		if err := report.Export(in.stdout, all); err != nil {
			return err
		}
		return kept(err, report.ExportError(all))
	})
}

// A migration names Sixpack 2's Redis and the store by their addresses and flags.
type migration struct {
	sixpack, sixpackFlag, store, storeFlag string
	prefix                                 string // of Sixpack's keys, once run has opened both
}

// run opens both and calls do.
func (m *migration) run(
	in *invocation, open func(*config.Config) (store.Store, error), do func(*sixpack2.Space, store.Store, *report.Progress) error,
) error {
	s, err := in.settings()
	switch {
	case err != nil:
		return err
	case m.store == "" && s.Store == config.StoreMemory:
		return fmt.Errorf("store is memory, which only the server can use: name a folder or a Redis URL with %s", m.storeFlag)
	case m.sixpack == "" && !s.NamesRedis():
		return usageError("%s is missing: name Sixpack's Redis, such as redis://localhost:6379/15?prefix=sxp", m.sixpackFlag)
	}
	client, prefix, err := datastore.Dial(&s.Config, m.sixpack)
	if err != nil {
		return err
	}
	defer client.Close()
	m.prefix = prefix
	st, err := open(&s.Config)
	if err != nil {
		return err
	}
	err = do(sixpack2.New(client, prefix, s.Timezone.Location), st, report.NewProgress(in.stderr))
	return errors.Join(err, st.Close())
}

// kept returns the error that interrupted a transfer, with the next step, or else the problems
// of the transfer.
func kept(interruption, problems error) error {
	if interruption != nil {
		return fmt.Errorf("%w\nWhat was copied is kept. Run the same command to continue", interruption)
	}
	return problems
}

// progressOf shows the progress of an import or export.
func progressOf(p *report.Progress, verb string) sixpack2.Progress {
	return func(name string, number, experiments int, done, total int64) {
		p.Set(fmt.Sprintf("%s %s (%d of %d)", verb, name, number, experiments), done, total)
	}
}
