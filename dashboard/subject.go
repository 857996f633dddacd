package dashboard

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/store"
)

// subject is the experiment of an action and the content of its form.
type subject struct {
	store.Record

	engine    *sixpack.Engine
	report    analysis.Report
	form      url.Values
	submitted bool // the form was sent, so its empty fields are meant to be empty
}

// value returns the content of a field: what was entered, else the current setting.
func (s *subject) value(name, current string) string {
	if s.submitted || s.form.Has(name) {
		return s.form.Get(name)
	}
	return current
}

// text returns the content of a field without spaces at its ends.
func (s *subject) text(name string) string { return strings.TrimSpace(s.form.Get(name)) }

// shownToAll names the alternative that every visitor gets while the experiment does not run.
func (s *subject) shownToAll() string {
	return either(s.Winner != "", "the winner, "+quoted(s.Winner), "the control, "+quoted(s.Alternatives[0]))
}

// participants returns the number of participants with its noun.
func (s *subject) participants() string { return format.Many(s.report.Participants, "participant") }

// conversions returns the number of conversions by all KPIs with its noun.
func (s *subject) conversions() string {
	var n int64
	for _, a := range s.report.Counts.Alternatives {
		for _, kpi := range a.KPIs {
			n += kpi.Converted()
		}
	}
	return format.Many(n, "conversion")
}

// whatFollows describes what visitors get in the state of the record.
func (s *subject) whatFollows() string {
	switch {
	case s.Archived:
		return "The experiment stays archived: everyone gets " + s.shownToAll() + ", and nothing is counted."
	case s.Paused:
		return "The experiment stays paused: everyone gets " + s.shownToAll() + ", and nothing is counted."
	case s.Winner != "":
		return "Everyone gets the winner, " + quoted(s.Winner) + ". No new participants are added, but existing ones can convert again."
	default:
		return "Existing participants get their alternatives back, new ones are added, and conversions are counted." +
			either(s.Ramp.State == store.RampRunning, " The ramp continues at its present step.", "")
	}
}

// withRampPaused adds a sentence about the ramp, if one is active.
func (s *subject) withRampPaused(texts []string) []string {
	if s.Ramp.Active() {
		texts = append(texts, "The ramp waits at "+percent(s.Record.TrafficInForce())+"% until the experiment runs again.")
	}
	return texts
}

// quoted returns a name for a sentence. Names can be any words.
func quoted(name string) string { return "“" + name + "”" }

// describeOverride describes the settings that an operator overrides.
func describeOverride(o store.Override, alternatives []string) string {
	var parts []string
	if o.Traffic != 0 {
		parts = append(parts, "traffic "+percent(o.Traffic)+"%")
	}
	if o.Weights != nil {
		shares := make([]string, len(o.Weights))
		for i, w := range o.Weights {
			shares[i] = format.Percent(w)
			if i < len(alternatives) {
				shares[i] = alternatives[i] + " " + shares[i]
			}
		}
		parts = append(parts, "weights "+strings.Join(shares, ", "))
	}
	if o.Algorithm != "" {
		parts = append(parts, "algorithm "+o.Algorithm)
	}
	return cmp.Or(strings.Join(parts, "; "), "nothing")
}
