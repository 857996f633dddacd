package dashboard

import (
	"cmp"
	"net/url"
	"strings"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/dashboard/internal/format"
	"github.com/sixpack-go/sixpack/store"
)

// subject is an experiment that something is to be done to, and what was filled
// in for it.
type subject struct {
	store.Record

	report     analysis.Report
	algorithms []string // that the engine knows
	plainly    func(algorithm string) string
	form       url.Values
	typed      bool // form was sent, and so goes before what is so far
}

// value returns what a field holds: what was typed, and else what is so far.
func (s *subject) value(name, soFar string) string {
	if s.typed || s.form.Has(name) {
		return s.form.Get(name)
	}
	return soFar
}

// text returns what was typed into a field of one line.
func (s *subject) text(name string) string { return strings.TrimSpace(s.form.Get(name)) }

// everybody says what every visitor gets while the experiment does not run.
func (s *subject) everybody() string {
	if s.Winner != "" {
		return "the winner, " + quoted(s.Winner)
	}
	return "the control, " + quoted(s.Alternatives[0])
}

// participants says how many take part.
func (s *subject) participants() string { return many(s.report.Participants, "participant") }

// conversions says how many there are, of all KPIs.
func (s *subject) conversions() string {
	var n int64
	for _, a := range s.report.Counts.Alternatives {
		for _, kpi := range a.KPIs {
			n += kpi.Converted()
		}
	}
	return many(n, "conversion")
}

// goesOn says what visitors get once nothing but what the record says stands
// against it.
func (s *subject) goesOn() string {
	switch {
	case s.Archived:
		return "It stays archived: everyone gets " + s.everybody() + ", and nothing is counted."
	case s.Paused:
		return "It stays paused: everyone gets " + s.everybody() + ", and nothing is counted."
	case s.Winner != "":
		return "Everyone gets the winner, " + quoted(s.Winner) + ". Nobody new takes part, but participants can convert again."
	default:
		return "Participants get the alternatives that they had, new ones take part, and conversions are counted." +
			either(s.Ramp.State == store.RampRunning, " The ramp goes on from where it was.", "")
	}
}

// waits adds to what an action does that the ramp waits, if there is one.
func (s *subject) waits(texts []string) []string {
	if s.Ramp.Active() {
		texts = append(texts, "The ramp waits at its step of "+percent(s.Record.TrafficInForce())+" %, until visitors take part again.")
	}
	return texts
}

// quoted keeps the name of an alternative, which may be any words, from being read
// as part of a sentence.
func quoted(name string) string { return "“" + name + "”" }

// many says how many of something there are.
func many(n int64, thing string) string {
	if n == 1 {
		return "1 " + thing
	}
	return format.Count(n) + " " + thing + "s"
}

// overridden says what an operator set, by alternative.
func overridden(o store.Override, alternatives []string) string {
	var parts []string
	if o.Traffic != 0 {
		parts = append(parts, "traffic "+percent(o.Traffic)+" %")
	}
	if o.Weights != nil {
		shares := make([]string, len(o.Weights))
		for i, w := range o.Weights {
			shares[i] = format.Short(100*w) + " %"
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
