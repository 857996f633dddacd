package store

import (
	"cmp"
	"maps"
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
	// Measures has the measure of each KPI, which its first conversion fixed: [MeasureMean] if
	// that had a value. It lacks KPIs of earlier releases. Stores treat it like KPIs.
	Measures map[string]Measure `json:"measures,omitempty"`
	// Look is the only look of a fixed analysis, zero until it was made.
	Look Look `json:"look,omitzero"`
	// Mismatch is the last sample-ratio mismatch, zero if there was none.
	Mismatch Mismatch `json:"mismatch,omitzero"`
}

// Clone returns a copy of r that shares nothing with it.
func (r Record) Clone() Record {
	r.Alternatives = slices.Clone(r.Alternatives)
	r.Weights = slices.Clone(r.Weights)
	r.Override.Weights = slices.Clone(r.Override.Weights)
	r.Ramp = r.Ramp.Clone()
	r.Epoch.Weights = slices.Clone(r.Epoch.Weights)
	r.KPIs = slices.Clone(r.KPIs)
	r.Measures = maps.Clone(r.Measures)
	r.Look = r.Look.Clone()
	r.Mismatch = r.Mismatch.Clone()
	return r
}

// PrimaryKPI returns the KPI by which the experiment is judged: the KPI of its plan, else
// the KPI of its first conversion. Before that, it is the default KPI. An experiment of an
// earlier release keeps the KPI by which it was judged: the default one, if that was seen.
func (r Record) PrimaryKPI() string {
	_, fixed := r.Measures[""]
	if r.Plan.NamesKPI() || len(r.KPIs) == 0 || slices.Contains(r.KPIs, "") && !fixed {
		return r.Plan.KPI
	}
	return r.KPIs[0]
}

// MeasureOf returns the measure of a KPI: the measure of the plan for the primary KPI, else
// the one that the first conversion fixed. It is empty without a conversion, and for a KPI of
// an earlier release.
func (r Record) MeasureOf(kpi string) Measure {
	if r.Plan.Measure != "" && kpi == r.Plan.KPI {
		return r.Plan.Measure
	}
	return r.Measures[kpi]
}

// AddKPI appends a KPI that r lacks, with its measure, which may be empty. It copies what it
// changes. It is for implementations of [Store].
func (r *Record) AddKPI(kpi string, m Measure) {
	r.KPIs = append(slices.Clone(r.KPIs), kpi)
	if m == "" {
		return
	}
	if r.Measures = maps.Clone(r.Measures); r.Measures == nil {
		r.Measures = make(map[string]Measure)
	}
	r.Measures[kpi] = m
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
	// KPI is the primary KPI, by which the experiment is judged. "" is the KPI of the first
	// conversion or, if there is a Measure, the default KPI.
	KPI string `json:"kpi,omitempty"`
	// Measure is the measure of the primary KPI; "" is the measure of its first conversion.
	Measure Measure `json:"measure,omitempty"`
	// Effect is the smallest lift worth detecting, as a fraction of the control's rate:
	// 0.1 is 10%.
	Effect   float64  `json:"effect,omitempty"`
	Baseline float64  `json:"baseline,omitempty"` // expected rate of the control, in (0,1)
	Power    float64  `json:"power,omitempty"`    // probability of detecting Effect, in (0,1)
	Alpha    float64  `json:"alpha,omitempty"`    // false-positive rate, in (0,1)
	Size     int64    `json:"size,omitempty"`     // participants in all alternatives together
	Analysis Analysis `json:"analysis,omitempty"`
}

// NamesKPI reports whether p names the primary KPI. If not, the first conversion sets it.
func (p Plan) NamesKPI() bool { return p.KPI != "" || p.Measure != "" }

// Measure is the number by which alternatives are compared.
type Measure string

// The measures.
const (
	MeasureRate Measure = "rate" // the fraction of participants that converted
	MeasureMean Measure = "mean" // the mean value per participant
)

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
