package dashboard

import (
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
)

// verdict is a verdict as the pages show it.
type verdict struct {
	analysis.Verdict

	Label string // one or two words
	Tone  string // CSS class of its colors
}

func newVerdict(r *analysis.Report) verdict {
	v := verdict{Verdict: r.Verdict}
	switch r.Verdict.State {
	case stats.StateWinner:
		v.Label, v.Tone = "Better", "good"
	case stats.StateControlBest:
		v.Label, v.Tone = "Keep control", "settled"
	case stats.StateNoPracticalDifference:
		v.Label, v.Tone = "No difference", "settled"
	case stats.StateInconclusive:
		v.Label, v.Tone = "Undecided", "warn"
	case stats.StateMismatch:
		v.Label, v.Tone = "Sample-ratio mismatch", "bad"
	case stats.StateInvalidCounts:
		v.Label, v.Tone = "Invalid counts", "bad"
	case stats.StateNoData:
		v.Label, v.Tone = "Waiting", "calm"
	default:
		v.Label, v.Tone = "Running", "calm"
	}
	return v
}

// Broken reports whether the data is unreliable.
func (v verdict) Broken() bool { return v.Tone == "bad" }
