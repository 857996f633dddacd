package cli

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/sixpack-go/sixpack/internal/sixpack2"
	"github.com/sixpack-go/sixpack/store"
)

// writeArrivals tells what came of an import, or would come.
func writeArrivals(w io.Writer, all []arrival, dry bool) error {
	if len(all) == 0 {
		return nil
	}
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	last := "TAKEN\tTOTALS"
	if dry {
		last = "NEW"
	}
	fmt.Fprintln(table, "EXPERIMENT\tALTERNATIVES\tPARTICIPANTS\tEXCLUDED\tCONVERSIONS\tSTATE\t"+last)
	for _, a := range all {
		last := a.taken() + "\t" + a.totals()
		if dry {
			last = a.news()
		}
		if a.x == nil {
			fmt.Fprintf(table, "%s\t-\t-\t-\t-\tdamaged\t%s\n", a.name, last)
			continue
		}
		r := a.x.Record
		participants, conversions := sumUp(a.x.Totals)
		fmt.Fprintf(table, "%s\t%s\t%d\t%d\t%s\t%s\t%s\n",
			a.name, strings.Join(r.Alternatives, ", "), participants, a.x.Totals.Excluded, conversions, stateOf(r), last)
	}
	_ = table.Flush() // to a Builder, which never fails
	for _, a := range all {
		a.explain(&b)
	}
	if !dry {
		explainMore(&b, all)
	}
	return writeAll(w, b.String())
}

// sumUp returns the participants of all alternatives, and their conversions for
// each KPI in words.
func sumUp(r store.Counts) (participants int64, conversions string) {
	converted := make([]int64, len(r.Record.KPIs))
	for _, a := range r.Alternatives {
		participants += a.Participants()
		for i, k := range a.KPIs {
			converted[i] += k.Converted()
		}
	}
	var words []string
	for i, kpi := range r.Record.KPIs {
		words = append(words, strings.TrimSpace(fmt.Sprintf("%s %d", kpi, converted[i])))
	}
	if words == nil {
		return participants, "0"
	}
	return participants, strings.Join(words, ", ")
}

func stateOf(r store.Record) string {
	var words []string
	if r.Winner != "" {
		words = append(words, "won by "+r.Winner)
	}
	if r.Paused {
		words = append(words, "paused")
	}
	if r.Archived {
		words = append(words, "archived")
	}
	if words == nil {
		return "running"
	}
	return strings.Join(words, ", ")
}

// taken tells what an import brought.
func (a arrival) taken() string {
	if a.refused != nil {
		return "nothing"
	}
	i := a.outcome.Imported
	switch {
	case i.Created && a.x.Record.Purged:
		return "counts"
	case i.Clients+i.Conversions == 0 && !i.Created:
		return "nothing new"
	}
	return count(i.Clients, "client") + ", " + count(i.Conversions, "conversion")
}

// totals tells how the totals compare.
func (a arrival) totals() string {
	switch o := a.outcome; {
	case a.refused != nil:
		return "not compared"
	case len(o.Missing) > 0:
		return "different"
	case len(o.Settings) > 0:
		return "equal, but not the settings"
	case o.Changed:
		return "equal when reading began"
	case !o.Equal():
		return "equal, but for those who came since"
	}
	return "equal"
}

// news tells what an import would bring.
func (a arrival) news() string {
	switch {
	case a.x == nil:
		return "nothing"
	case a.there == nil:
		return "all"
	case !slices.Equal(a.there.Record.Alternatives, a.x.Record.Alternatives):
		return "nothing, as its alternatives here are " + strings.Join(a.there.Record.Alternatives, ", ")
	}
	participants, conversions, excluded := a.x.News(*a.there)
	if participants+conversions+excluded == 0 {
		return "nothing"
	}
	return count(participants, "participant") + ", " + count(conversions, "conversion") + fmt.Sprintf(", %d excluded", excluded)
}

// explain tells what is to be said about one experiment.
func (a arrival) explain(b *strings.Builder) {
	paragraph(b, a.name+" differs:", differing(a.outcome.Proof))
	if a.refused != nil {
		paragraph(b, a.name+" was not taken:", []string{a.refused.Error()})
	}
	if a.x != nil {
		paragraph(b, a.name+" is damaged; this is missing:", a.x.Damaged)
		paragraph(b, "About "+a.name+":", a.x.Notes)
	}
}

// differing lists in what two sides differ.
func differing(p sixpack2.Proof) []string {
	lines := slices.Clone(p.Settings)
	for _, d := range p.Missing {
		lines = append(lines, d.String())
	}
	return lines
}

// paragraph writes lines below a head, and nothing if there are none.
func paragraph(b *strings.Builder, head string, lines []string) {
	if len(lines) > 0 {
		fmt.Fprintf(b, "\n%s\n  %s\n", head, strings.Join(lines, "\n  "))
	}
}

// explainMore tells what it means that totals are not equal.
func explainMore(b *strings.Builder, all []arrival) {
	var settings, missing, purged, changed, more bool
	for _, a := range all {
		o := a.outcome
		settings = settings || len(o.Settings) > 0
		missing = missing || len(o.Missing) > 0
		purged = purged || o.Purged
		changed = changed || o.Changed
		more = more || o.Participants+o.Conversions+o.Excluded > 0
	}
	for _, e := range []struct {
		is   bool
		text string
	}{
		{settings, "Settings that differ stay as they are here; --settings takes them from Sixpack."},
		{missing, "Less than in Sixpack may be those whom both servers have seen: they keep the day and the\n" +
			"alternative that they have here."},
		{purged, "Of an experiment whose clients were purged here none are taken, as they would count twice."},
		{changed, "Sixpack went on counting while it was read: run this again to take what came since."},
		{more, "More than in Sixpack are those who came here since."},
	} {
		if e.is {
			b.WriteString("\n" + e.text + "\n")
		}
	}
}

// arrivalsError returns an error unless all is well.
func arrivalsError(all []arrival, dry bool) error {
	refused, damaged, differ := 0, 0, 0
	for _, a := range all {
		switch {
		case a.refused != nil:
			refused++
		case len(a.x.Damaged) > 0:
			damaged++
		case !dry && !a.outcome.OK():
			differ++
		}
	}
	return problems(len(all), problem{refused, "not taken"}, problem{damaged, "damaged"}, problem{differ, "not as in Sixpack"})
}

// A problem is what is wrong with how many experiments.
type problem struct {
	n    int
	what string
}

// problems returns an error that names those there are, nil if there are none.
func problems(of int, all ...problem) error {
	var words []string
	for _, p := range all {
		if p.n > 0 {
			words = append(words, fmt.Sprintf("%d %s", p.n, p.what))
		}
	}
	if words == nil {
		return nil
	}
	return errors.New("of " + count(of, "experiment") + " " + strings.Join(words, ", ") + ": see above")
}

// count returns a number and what it is of.
func count[N int | int64](n N, of string) string {
	if n != 1 {
		of += "s"
	}
	return fmt.Sprintf("%d %s", n, of)
}
