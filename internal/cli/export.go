package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/sixpack-go/sixpack/internal/sixpack2"
	"github.com/sixpack-go/sixpack/store"
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

// exporting is what export was told.
type exporting struct {
	from, to string
	force    bool
}

func exportCommand(p *process) *cobra.Command {
	var f exporting
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

func (f *exporting) run(ctx context.Context, in *invocation) (err error) {
	s, err := in.settings()
	if err != nil {
		return err
	}
	if f.from == "" && s.Store == inMemory {
		return errors.New("store is memory, of which nothing is there to write: name a folder or a URL with --from")
	}
	if f.to == "" && !s.namesRedis() {
		return usageError("--to is missing: the Redis for Sixpack, such as redis://localhost:6379/15?prefix=sxp")
	}
	client, prefix, err := s.dialRedis(f.to)
	if err != nil {
		return err
	}
	defer client.Close()
	st, err := s.openAt(f.from, false)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, st.Close()) }()
	all, err := st.Counts(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return errors.New("there is no experiment to write: check --from, or data_dir or redis_url in the configuration")
	}
	space := sixpack2.New(client, prefix, sixpack2.Config{Location: s.Timezone.Location})
	departures, err := f.each(ctx, in.stderr, space, st, all)
	if err := writeDepartures(in.stdout, departures); err != nil {
		return err
	}
	if err != nil {
		fmt.Fprintln(in.stderr, "What was written stays. The same command goes on from there.")
		return err
	}
	return departuresError(departures)
}

// A departure is what came of writing one experiment.
type departure struct {
	source   store.Counts
	exported sixpack2.Exported
	refused  error
}

func (f *exporting) each(ctx context.Context, progress io.Writer, space *sixpack2.Space, st store.Store, all []store.Counts) (done []departure, err error) {
	for i, r := range all {
		name := r.Record.Name
		participants, _ := sumUp(r)
		bar := newBar(progress, fmt.Sprintf("writing %s (%d of %d)", name, i+1, len(all)), false, participants+r.Excluded)
		d := departure{source: r}
		d.exported, err = space.Export(ctx, st, name, f.force, bar.steps)
		bar.finish()
		if errors.Is(err, sixpack2.ErrTaken) {
			d.refused, err = err, nil
		}
		if err != nil {
			return done, fmt.Errorf("%s: %w", name, err)
		}
		done = append(done, d)
	}
	return done, nil
}

// writeDepartures tells what came of an export.
func writeDepartures(w io.Writer, all []departure) error {
	if len(all) == 0 {
		return nil
	}
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "EXPERIMENT\tPARTICIPANTS\tEXCLUDED\tCONVERSIONS\tSTATE\tWRITTEN\tTOTALS")
	for _, d := range all {
		participants, conversions := sumUp(d.source)
		fmt.Fprintf(table, "%s\t%d\t%d\t%s\t%s\t%s\n", d.source.Record.Name, participants, d.source.Excluded, conversions,
			stateOf(d.source.Record), d.written())
	}
	_ = table.Flush() // to a Builder, which never fails
	for _, d := range all {
		d.explain(&b)
	}
	return writeAll(w, b.String())
}

// written tells what was written, and how the totals compare.
func (d departure) written() string {
	switch e := d.exported; {
	case d.refused != nil:
		return "nothing\tnot compared"
	case e.There:
		return "nothing new\tequal"
	case !e.OK():
		return count(e.Clients, "client") + "\tdifferent"
	case !e.Equal():
		return count(e.Clients, "client") + "\tequal when writing began"
	default:
		return count(e.Clients, "client") + "\tequal"
	}
}

// explain tells what is to be said about one experiment.
func (d departure) explain(b *strings.Builder) {
	name := d.source.Record.Name
	if d.refused != nil {
		paragraph(b, name+" was refused:", []string{d.refused.Error()})
	}
	paragraph(b, name+" differs:", differing(d.exported.Proof))
	paragraph(b, "Of "+name+" Sixpack has no place for:", d.exported.Notes)
}

// departuresError returns an error unless all is well.
func departuresError(all []departure) error {
	refused, differ := 0, 0
	for _, d := range all {
		switch {
		case d.refused != nil:
			refused++
		case !d.exported.OK():
			differ++
		}
	}
	return problems(len(all), problem{refused, "not written"}, problem{differ, "not as here"})
}
