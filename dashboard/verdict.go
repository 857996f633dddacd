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

// labels are the labels and tones of verdicts.
var labels = map[stats.State]verdict{
	stats.StateWinner:                {Label: "Better", Tone: "good"},
	stats.StateControlBest:           {Label: "Keep control", Tone: "settled"},
	stats.StateNoPracticalDifference: {Label: "No difference", Tone: "settled"},
	stats.StateInconclusive:          {Label: "Inconclusive", Tone: "warn"},
	stats.StateMismatch:              {Label: "Sample-ratio mismatch", Tone: "bad"},
	stats.StateInvalidCounts:         {Label: "Invalid counts", Tone: "bad"},
	stats.StateNoData:                {Label: "Waiting", Tone: "calm"},
	stats.StateKeepRunning:           {Label: "Running", Tone: "calm"},
}

func newVerdict(r *analysis.Report) verdict {
	v := labels[r.Verdict.State]
	v.Verdict = r.Verdict
	return v
}

// Broken reports whether the data is unreliable.
func (v verdict) Broken() bool { return v.Tone == "bad" }
