package report

import (
	"io"
	"strings"

	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/internal/sixpack2"
)

// Export writes what was exported to Sixpack. Without experiments it writes nothing.
func Export(w io.Writer, all []sixpack2.ExportResult) error {
	if len(all) == 0 {
		return nil
	}
	t := newTable("EXPERIMENT", "PARTICIPANTS", "EXCLUDED", "CONVERSIONS", "STATE", "WRITTEN", "TOTALS")
	var b strings.Builder
	for _, r := range all {
		name := r.Source.Record.Name
		participants, conversions := sums(r.Source)
		t.row(name, participants, r.Source.Excluded, conversions, State(r.Source.Record), written(r))
		if r.Refused != nil {
			list(&b, name+" was not exported:", []string{r.Refused.Error()})
		}
		list(&b, name+" differs:", differences(r.Verification))
		list(&b, "Sixpack cannot store this of "+name+":", r.Notes)
	}
	return write(w, t.String()+b.String())
}

// written describes what was written, and compares the totals.
func written(r sixpack2.ExportResult) string {
	switch {
	case r.Refused != nil:
		return "nothing\tnot compared"
	case r.There:
		return "nothing new\tequal"
	case !r.OK():
		return format.Many(r.Clients, "client") + "\tdifferent"
	case !r.Equal():
		return format.Many(r.Clients, "client") + "\tequal at the start"
	default:
		return format.Many(r.Clients, "client") + "\tequal"
	}
}

// ExportError returns an error unless everything was exported and verified.
func ExportError(all []sixpack2.ExportResult) error {
	refused, differ := 0, 0
	for _, r := range all {
		switch {
		case r.Refused != nil:
			refused++
		case !r.OK():
			differ++
		}
	}
	return problems(len(all), problem{refused, "not written"}, problem{differ, "different from here"})
}
