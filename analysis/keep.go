package analysis

import (
	"time"

	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// Keep returns the record of the experiment with what the report establishes for good, and whether that changed the record: a
// sample-ratio mismatch, and the only look of a fixed analysis. For the look, the report must be by the primary KPI.
func (r Report) Keep(now time.Time) (record store.Record, changed bool) {
	record = r.Counts.Record.Clone()
	if r.SampleRatio.Mismatch && !record.Mismatch.Open() {
		got, expected := shares(unacknowledged(r.Counts, r.Strata()))
		record.Mismatch, changed = store.Mismatch{At: now, P: float64(r.SampleRatio.P), Shares: got, Expected: expected}, true
	}
	if r.Plan.Analysis != store.AnalysisFixed || !r.Primary || !record.Look.IsZero() {
		return record, changed
	}
	switch r.Verdict.State {
	case stats.StateWinner, stats.StateControlBest, stats.StateNoPracticalDifference, stats.StateInconclusive:
		record.Look = store.Look{At: now, State: string(r.Verdict.State), Leader: r.Verdict.Leader, Epochs: sums(r.Counts, r.KPI)}
		return record, true
	default:
		return record, changed
	}
}

// Acknowledge returns the mismatch of a record as acknowledged now. The counts are those of now.
func Acknowledge(counts store.Counts, now time.Time) store.Mismatch {
	m := counts.Record.Mismatch.Clone()
	m.Acknowledged, m.Epoch = now, counts.Record.Epoch.Number
	for _, c := range stratum(counts, "", m.Epoch).Arms {
		m.Participants = append(m.Participants, c.Participants)
	}
	return m
}

// sampleRatio checks the sample ratio of a question. A mismatch stays until it is acknowledged.
func sampleRatio(counts store.Counts, q stats.Question) *stats.Ratio {
	q.Strata = unacknowledged(counts, q.Strata)
	ratio, m := q.SampleRatio(), counts.Record.Mismatch
	if m.Open() {
		ratio.P = min(ratio.P, m.P)
	}
	return &ratio
}

// unacknowledged returns the strata of an experiment without the participants who came before the last mismatch was
// acknowledged.
func unacknowledged(counts store.Counts, all []stats.Stratum) (later []stats.Stratum) {
	m := counts.Record.Mismatch
	if m.Acknowledged.IsZero() {
		return all
	}
	for _, number := range drawnEpochs(counts) {
		if number < m.Epoch {
			continue
		}
		s := stratum(counts, "", number)
		for i := range s.Arms {
			if number == m.Epoch && i < len(m.Participants) {
				s.Arms[i].Participants = max(0, s.Arms[i].Participants-m.Participants[i])
			}
		}
		later = append(later, s)
	}
	return later
}

// look returns the only look of a fixed analysis, if it was made and the report is about it.
func (b *builder) look() (store.Look, bool) {
	l := b.Counts.Record.Look
	return l, b.question.Fixed && b.Primary && !l.IsZero()
}

// strataOf returns the strata on which a look is based.
func (b *builder) strataOf(l store.Look) (all []stats.Stratum) {
	for _, e := range l.Epochs {
		s := stats.Stratum{Weights: weightsOf(b.Counts, e.Epoch)}
		for _, c := range e.Alternatives {
			s.Arms = append(s.Arms, stats.Proportion{Participants: c.Participants, Converted: c.Converted})
			if b.Measure == MeasureMean {
				s.Values = append(s.Values, ValuesOf(c.Participants, store.Sums{NonZero: c.NonZero, Sum: c.Sum, Squares: c.Squares}))
			}
		}
		all = append(all, s)
	}
	return all
}

// sums returns the counts by a KPI, by epoch, as a look keeps them.
func sums(counts store.Counts, kpi string) (all []store.LookedEpoch) {
	for _, number := range drawnEpochs(counts) {
		e := store.LookedEpoch{Epoch: number}
		for _, a := range counts.Alternatives {
			n, c := a.Between(number, number), a.KPI(kpi).Between(number, number)
			e.Alternatives = append(e.Alternatives, store.LookedSum{
				Participants: n, Converted: c.Converted, NonZero: c.NonZero, Sum: c.Sum, Squares: c.Squares,
			})
		}
		all = append(all, e)
	}
	return all
}
