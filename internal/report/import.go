package report

import (
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/internal/sixpack2"
	"github.com/sixpack-go/sixpack/store"
)

// Import writes what was imported from Sixpack. Without experiments it writes nothing.
func Import(w io.Writer, all []sixpack2.ImportResult) error {
	return importTable(w, all, "IMPORTED\tTOTALS", func(r sixpack2.ImportResult) string { return imported(r) + "\t" + totals(r) }, importAdvice(all))
}

// PlannedImport writes what an import from Sixpack would bring.
func PlannedImport(w io.Writer, all []sixpack2.ImportResult) error {
	return importTable(w, all, "NEW", news, "")
}

func importTable(w io.Writer, all []sixpack2.ImportResult, titles string, last func(sixpack2.ImportResult) string, advice string) error {
	if len(all) == 0 {
		return nil
	}
	t := newTable("EXPERIMENT", "ALTERNATIVES", "PARTICIPANTS", "EXCLUDED", "CONVERSIONS", "STATE", titles)
	var b strings.Builder
	for _, r := range all {
		list(&b, r.Name+" differs:", differences(r.Outcome.Verification))
		if r.Refused != nil {
			list(&b, r.Name+" was not imported:", []string{r.Refused.Error()})
		}
		x := r.Experiment
		if x == nil {
			t.row(r.Name, "-", "-", "-", "-", "damaged", last(r))
			continue
		}
		list(&b, r.Name+" is damaged:", x.Damaged)
		list(&b, "About "+r.Name+":", x.Notes)
		participants, conversions := sums(x.Totals)
		t.row(r.Name, strings.Join(x.Record.Alternatives, ", "), participants, x.Totals.Excluded, conversions, State(x.Record), last(r))
	}
	return write(w, t.String()+b.String()+advice)
}

// sums returns the participants of all alternatives, and a list of their conversions by KPI.
func sums(c store.Counts) (participants int64, conversions string) {
	converted := make([]int64, len(c.Record.KPIs))
	for _, a := range c.Alternatives {
		participants += a.Participants()
		for i, k := range a.KPIs {
			converted[i] += k.Converted()
		}
	}
	var words []string
	for i, kpi := range c.Record.KPIs {
		words = append(words, strings.TrimSpace(fmt.Sprintf("%s %d", kpi, converted[i])))
	}
	if words == nil {
		return participants, "0"
	}
	return participants, strings.Join(words, ", ")
}

// imported describes what was imported.
func imported(r sixpack2.ImportResult) string {
	if r.Refused != nil {
		return "nothing"
	}
	i := r.Outcome.Imported
	switch {
	case i.Created && r.Experiment.Record.Purged:
		return "counts"
	case i.Clients+i.Conversions == 0 && !i.Created:
		return "nothing new"
	}
	return format.Many(i.Clients, "client") + ", " + format.Many(i.Conversions, "conversion")
}

// totals compares the totals.
func totals(r sixpack2.ImportResult) string {
	switch o := r.Outcome; {
	case r.Refused != nil:
		return "not compared"
	case len(o.Missing) > 0:
		return "different"
	case len(o.Settings) > 0:
		return "equal, except for settings"
	case o.Changed:
		return "equal at the start"
	case !o.Equal():
		return "equal, except for newer clients"
	}
	return "equal"
}

// news describes what an import would bring.
func news(r sixpack2.ImportResult) string {
	switch {
	case r.Experiment == nil:
		return "nothing"
	case r.Before == nil:
		return "all"
	case !slices.Equal(r.Before.Record.Alternatives, r.Experiment.Record.Alternatives):
		return "nothing: here its alternatives are " + strings.Join(r.Before.Record.Alternatives, ", ")
	}
	participants, conversions, excluded := r.Experiment.News(*r.Before)
	if participants+conversions+excluded == 0 {
		return "nothing"
	}
	return format.Many(participants, "participant") + ", " + format.Many(conversions, "conversion") + fmt.Sprintf(", %d excluded", excluded)
}

// differences lists what differs between Sixpack and a store.
func differences(v sixpack2.Verification) []string {
	lines := slices.Clone(v.Settings)
	for _, d := range v.Missing {
		lines = append(lines, d.String())
	}
	return lines
}

// importAdvice explains why totals differ.
func importAdvice(all []sixpack2.ImportResult) (text string) {
	advise := func(applies func(o sixpack2.Outcome) bool, advice string) {
		if slices.ContainsFunc(all, func(r sixpack2.ImportResult) bool { return applies(r.Outcome) }) {
			text += "\n" + advice + "\n"
		}
	}
	advise(func(o sixpack2.Outcome) bool { return len(o.Settings) > 0 },
		"Settings that differ keep their value here; --settings copies them from Sixpack.")
	advise(func(o sixpack2.Outcome) bool { return len(o.Missing) > 0 },
		"Totals may be lower than in Sixpack if both servers have seen the same clients: these keep\nthe day and the alternative that they have here.")
	advise(func(o sixpack2.Outcome) bool { return o.Purged },
		"No clients are imported into an experiment whose clients were purged here: they would count twice.")
	advise(func(o sixpack2.Outcome) bool { return o.Changed },
		"Sixpack counted while it was read: run this again to import what is new.")
	advise(func(o sixpack2.Outcome) bool { return o.Participants+o.Conversions+o.Excluded > 0 },
		"Totals are higher than in Sixpack because of clients who came here since.")
	return text
}

// ImportError returns an error unless everything was imported, and verified unless it
// was a dry run.
func ImportError(all []sixpack2.ImportResult, dry bool) error {
	refused, damaged, differ := 0, 0, 0
	for _, r := range all {
		switch {
		case r.Refused != nil:
			refused++
		case len(r.Experiment.Damaged) > 0:
			damaged++
		case !dry && !r.Outcome.OK():
			differ++
		}
	}
	return problems(len(all), problem{refused, "not imported"}, problem{damaged, "damaged"}, problem{differ, "different from Sixpack"})
}

// A problem that n experiments have.
type problem struct {
	n    int
	what string
}

// problems returns an error that names the problems of which there are any.
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
	return errors.New(format.Many(of, "experiment") + ": " + strings.Join(words, ", ") + "; see above")
}
