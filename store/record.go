package store

import (
	"cmp"
	"slices"
	"time"
)

// Record is what a store remembers of an experiment, apart from clients and counts.
type Record struct {
	Name string `json:"name"`
	// Version changes with every change of the record, and differs between two
	// experiments of the same name, of which one was deleted before the other was created.
	// The caller that creates a record draws the first version, in 1..1<<52; stores add 1.
	Version      uint64    `json:"version"`
	Alternatives []string  `json:"alternatives"` // the first is the control
	Salt         string    `json:"salt"`         // input of the choice hash; the name, until a reset
	Created      time.Time `json:"created"`
	Traffic      float64   `json:"traffic"`             // fraction of clients admitted, in (0,1], as last declared by callers
	Weights      []float64 `json:"weights,omitempty"`   // shares, as last declared by callers; nil: equal
	Algorithm    string    `json:"algorithm,omitempty"` // as last declared by callers; empty: the engine's default
	Override     Override  `json:"override,omitzero"`   // set by an operator; takes precedence over declarations
	Plan         Plan      `json:"plan,omitzero"`       // the question that the experiment answers
	Ramp         Ramp      `json:"ramp,omitzero"`       // raises Override.Traffic
	Epoch        Epoch     `json:"epoch"`               // the present one
	Winner       string    `json:"winner,omitempty"`    // the alternative that everyone gets; empty: none
	Paused       bool      `json:"paused,omitempty"`
	Archived     bool      `json:"archived,omitempty"`
	Purged       bool      `json:"purged,omitempty"` // the clients were deleted, the counts kept
	Description  string    `json:"description,omitempty"`
	// KPIs lists the KPIs seen so far, in order of appearance; "" is the default KPI.
	// Only Convert, Import and Clear change it, without a new Version. Stores ignore it in
	// a record that they are given, except in an Import.
	KPIs []string `json:"kpis,omitempty"`
}

// Clone returns a copy of r that shares nothing with it.
func (r Record) Clone() Record {
	r.Alternatives = slices.Clone(r.Alternatives)
	r.Weights = slices.Clone(r.Weights)
	r.Override.Weights = slices.Clone(r.Override.Weights)
	r.Ramp = r.Ramp.Clone()
	r.Epoch.Weights = slices.Clone(r.Epoch.Weights)
	r.KPIs = slices.Clone(r.KPIs)
	return r
}

// PrimaryKPI returns the KPI by which the experiment is judged: the KPI of its plan, else
// the default KPI. If only other KPIs have had conversions, it is the first of these.
func (r Record) PrimaryKPI() string {
	if r.Plan.KPI == "" && len(r.KPIs) > 0 && !slices.Contains(r.KPIs, "") {
		return r.KPIs[0]
	}
	return r.Plan.KPI
}

// TrafficInForce returns the fraction of clients that may take part, in (0,1]: the
// one that an operator or a ramp set, else the one that callers declared.
func (r *Record) TrafficInForce() float64 { return cmp.Or(r.Override.Traffic, r.Traffic) }

// AlgorithmInForce returns the name of the algorithm that an operator set, else of
// the one that callers declared. Empty is the engine's default.
func (r *Record) AlgorithmInForce() string { return cmp.Or(r.Override.Algorithm, r.Algorithm) }

// WeightsInForce returns the weights that an operator set, else those that callers
// declared, nil for equal ones. An algorithm that learns begins with them; [Record.Shares]
// returns what it has made of them.
func (r *Record) WeightsInForce() []float64 {
	if r.Override.Weights != nil {
		return r.Override.Weights
	}
	return r.Weights
}

// Shares returns the fraction of new participants that each alternative gets at
// present, as [Epoch.Shares] does. The result must not be modified.
func (r *Record) Shares() []float64 { return r.Epoch.Shares(len(r.Alternatives)) }

// Open reports whether the experiment takes new participants: it has no winner and is
// neither paused nor archived. While there is a winner, participants still convert.
func (r *Record) Open() bool { return r.Winner == "" && !r.Paused && !r.Archived }

// Override holds settings of an operator that take precedence over the declarations of
// callers. Zero fields override nothing.
type Override struct {
	Traffic   float64   `json:"traffic,omitempty"`
	Weights   []float64 `json:"weights,omitempty"` // shares
	Algorithm string    `json:"algorithm,omitempty"`
}

// IsZero reports whether o overrides nothing.
func (o Override) IsZero() bool { return o.Traffic == 0 && o.Weights == nil && o.Algorithm == "" }

// Plan is the question that an experiment is to answer. For zero fields the engine has
// defaults.
type Plan struct {
	// KPI is the primary KPI, by which the experiment is judged; "" is the default KPI.
	KPI string `json:"kpi,omitempty"`
	// Effect is the smallest lift worth detecting, as a fraction of the control's rate:
	// 0.1 is 10%.
	Effect   float64  `json:"effect,omitempty"`
	Baseline float64  `json:"baseline,omitempty"` // expected rate of the control, in (0,1)
	Power    float64  `json:"power,omitempty"`    // probability of detecting Effect, in (0,1)
	Alpha    float64  `json:"alpha,omitempty"`    // false-positive rate, in (0,1)
	Size     int64    `json:"size,omitempty"`     // participants in all alternatives together
	Analysis Analysis `json:"analysis,omitempty"`
}

// Analysis says when an experiment may be judged.
type Analysis string

// The analyses. Empty is AnalysisAlwaysValid.
const (
	AnalysisAlwaysValid Analysis = "always-valid" // at any time and repeatedly
	AnalysisFixed       Analysis = "fixed"        // once, when there are Plan.Size participants
)

// Epoch is a period with constant expected shares: the probability of each alternative for
// the clients that enter in it.
type Epoch struct {
	Number  uint32    `json:"number"` // 1, 2, …; 0 is for clients whose alternative was forced or chosen, not drawn
	Start   time.Time `json:"start"`
	Weights []float64 `json:"weights,omitempty"` // expected shares, summing to 1; nil: equal
}

// Shares returns e.Weights, or n equal shares if it is nil. The result sums to 1 and
// must not be modified.
func (e *Epoch) Shares(n int) []float64 {
	if e.Weights != nil {
		return e.Weights
	}
	return slices.Repeat([]float64{1 / float64(n)}, n)
}
