package report

import (
	"io"
	"strings"

	"github.com/sixpack-go/sixpack/internal/sampledata"
)

// SampleData writes what was made up, and a text that follows.
func SampleData(w io.Writer, all []sampledata.Summary, end string) error {
	t := newTable("EXPERIMENT", "ALTERNATIVES", "PARTICIPANTS", "CONVERSIONS", "STATE")
	for _, s := range all {
		t.row(s.Experiment, strings.Join(s.Alternatives, ", "), s.Participants, s.Conversions, s.State)
	}
	return write(w, t.String()+end)
}
