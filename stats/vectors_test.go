package stats_test

import (
	"encoding/json"
	"fmt"
	"math"
	"testing"

	"github.com/sixpack-go/sixpack/internal/reference"
	"github.com/sixpack-go/sixpack/stats"
)

// vector is a value computed outside Go.
type vector struct {
	ID     string
	Method string
	Input  json.RawMessage
	Expect map[string]any
	Tol    tolerance
}

type tolerance struct {
	Abs, Rel float64
	Fields   map[string]tolerance
}

func TestVectors(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"stats_reference.json", "srm_reference.json", "power_reference.json"} {
		for _, v := range reference.Vectors[vector](t, name) {
			method, ok := methods[v.Method]
			if !ok {
				if !elsewhere[v.Method] {
					t.Errorf("%s: there is no method %s", v.ID, v.Method)
				}
				continue
			}
			t.Run(v.ID, func(t *testing.T) {
				t.Parallel()
				var in input
				if err := json.Unmarshal(v.Input, &in); err != nil {
					t.Fatal(err)
				}
				got := method(in)
				for field, want := range v.Expect {
					tol, ok := v.Tol.Fields[field]
					if !ok {
						tol = v.Tol
					}
					if !tol.equal(got[field], want) {
						t.Errorf("%s: %s is %v, want %v", v.Input, field, got[field], want)
					}
				}
			})
		}
	}
}

// elsewhere are methods that are not here. The chances that bandits give are
// tried where bandits are. Neither upper confidence bounds nor softmax are offered
// at all: between two looks at the counts the first send everybody to one
// alternative, and the second needs a temperature that fits the rates.
var elsewhere = map[string]bool{"bandit_propensity": true, "ucb_index": true, "softmax": true}

// equal compares what was computed with what JSON has: null for what is not
// defined or has no bound.
func (tol tolerance) equal(got, want any) bool {
	if n, ok := got.(stats.Number); ok {
		got = float64(n)
	}
	switch want := want.(type) {
	case nil:
		x, ok := got.(float64)
		return got == nil || ok && (math.IsNaN(x) || math.IsInf(x, 0))
	case float64:
		x, ok := got.(float64)
		return ok && math.Abs(x-want) <= tol.Abs+tol.Rel*math.Abs(want)
	case []any:
		list, ok := got.([]any)
		if !ok || len(list) != len(want) {
			return false
		}
		for i := range want {
			if !tol.equal(list[i], want[i]) {
				return false
			}
		}
		return true
	default:
		return fmt.Sprint(got) == fmt.Sprint(want)
	}
}

// input is that of all methods.
type input struct {
	arm
	A, B, Control, Alt   arm
	Arms                 []arm
	Strata               []struct{ A, B arm }
	Epochs               []epoch
	P                    []float64
	Conf, Alpha          float64
	PriorA               float64 `json:"prior_a"`
	PriorB               float64 `json:"prior_b"`
	Counts               []int64
	Weights              []float64
	Concentration        float64
	MinEffect            float64 `json:"min_effect"`
	Planned              int64   `json:"planned_participants"`
	Mode                 string
	P1, P2, Power, Ratio float64
	H, SD, Delta         float64
	SumX                 float64 `json:"sum_x"`
	SumY                 float64 `json:"sum_y"`
	SumXX                float64 `json:"sum_xx"`
	SumYY                float64 `json:"sum_yy"`
	SumXY                float64 `json:"sum_xy"`
}

type arm struct {
	N, S, NonZero int64
	Sum, SumSq    float64
}

type epoch struct {
	Weights []float64
	Counts  []int64
}

func (a arm) counts() stats.Proportion { return stats.Proportion{Participants: a.N, Converted: a.S} }

func (a arm) values() stats.Values {
	return stats.Values{Participants: a.N, Sum: a.Sum, Squares: a.SumSq, NonZero: a.NonZero}
}

func (in input) prior() stats.Prior { return stats.Prior{A: in.PriorA, B: in.PriorB} }
func (in input) plan() stats.Design {
	p := stats.Design{Baseline: in.P1, Wanted: in.P2, Alpha: in.Alpha, Power: in.Power, Ratio: in.Ratio}
	if p.Ratio == 0 {
		p.Ratio = 1
	}
	return p
}

func (in input) allCounts() (all []stats.Proportion) {
	for _, a := range in.Arms {
		all = append(all, a.counts())
	}
	return all
}

type fields map[string]any

func listOf(values []float64) (list []any) {
	for _, v := range values {
		list = append(list, v)
	}
	return list
}

func comparison(c stats.Comparison) fields {
	return fields{
		"g": c.G, "z2": c.G, "p_value": c.P, "g_threshold": c.Threshold, "diff": c.Difference, "lift": c.Lift,
		"diff_lo": c.DifferenceIn.Lo, "diff_hi": c.DifferenceIn.Hi, "lift_lo": c.LiftIn.Lo, "lift_hi": c.LiftIn.Hi,
	}
}

func withEvidence(c stats.Comparison, e stats.Evidence) fields {
	f := comparison(c)
	f["h"], f["log_e"] = e.H, e.LogE
	return f
}

func meansOf(m stats.Comparison) fields {
	return fields{
		"p_value": m.P, "diff": m.Difference, "se": m.StandardErr, "diff_lo": m.DifferenceIn.Lo, "diff_hi": m.DifferenceIn.Hi,
		"lift": m.Lift, "lift_lo": m.LiftIn.Lo, "lift_hi": m.LiftIn.Hi,
	}
}

func size(n float64) fields { return fields{"n_per_arm": n, "n_per_arm_ceil": math.Ceil(n)} }

func ratioOf(splits []stats.Split, concentration float64) fields {
	r := stats.CheckSampleRatio(splits, concentration)
	return fields{
		"chi2": r.ChiSquared, "df": float64(r.Freedom), "p_chi2": r.ChiSquaredP, "log_bf": r.LogBayesFactor, "p_seq": r.P,
		"mismatch": r.Mismatch(),
	}
}

var methods = map[string]func(in input) fields{
	"wilson": func(in input) fields {
		i := stats.Wilson(in.counts(), in.Conf)
		return fields{"rate": in.counts().Rate(), "lo": i.Lo, "hi": i.Hi}
	},
	"beta_posterior": func(in input) fields {
		mean, i := stats.Posterior(in.counts(), in.prior(), in.Conf)
		return fields{"mean": mean, "lo": i.Lo, "hi": i.Hi}
	},
	"legacy_alternative": func(in input) fields {
		r := stats.LegacyOf(in.Control.counts(), in.Alt.counts(), false)
		f := fields{"test_statistic": r.Statistic, "confidence_level": r.Level, "confidence_interval": r.Interval, "conversion_rate": r.Rate}
		if math.IsNaN(float64(r.Statistic)) {
			f["test_statistic"] = "N/A"
		}
		return f
	},
	"g_fixed": func(in input) fields { return comparison(stats.Fixed(in.A.counts(), in.B.counts(), in.Conf)) },
	"agt":     func(in input) fields { return withEvidence(stats.AlwaysValid(in.A.counts(), in.B.counts(), in.Alpha)) },
	"agt_threshold": func(in input) fields {
		return fields{"g_threshold": stats.Threshold(in.H, in.Alpha)}
	},
	"agt_stratified": func(in input) fields {
		var strata []stats.Pair
		for _, s := range in.Strata {
			strata = append(strata, stats.Pair{Control: s.A.counts(), Challenger: s.B.counts()})
		}
		return withEvidence(stats.Stratified(strata, in.Alpha))
	},
	"holm": func(in input) fields {
		adjusted, step := stats.Holm(in.P, in.Alpha)
		return fields{"adjusted": listOf(adjusted), "step_alpha": listOf(step)}
	},
	"p_best": func(in input) fields {
		chances, losses := stats.Best(in.allCounts(), in.prior())
		return fields{"p_best": listOf(chances), "expected_loss": listOf(losses)}
	},
	"p_beats_control": func(in input) fields {
		chances, losses := stats.Best([]stats.Proportion{in.A.counts(), in.B.counts()}, in.prior())
		return fields{"p_beats_control": chances[1], "loss_choose_control": losses[0], "loss_choose_challenger": losses[1]}
	},
	"lift_credible": func(in input) fields {
		lift, d := stats.CredibleLift(in.A.counts(), in.B.counts(), in.prior(), in.Conf), stats.CredibleDifference(in.A.counts(), in.B.counts(), in.prior(), in.Conf)
		return fields{
			"lift_lo": lift.Lo, "lift_median": lift.Median, "lift_hi": lift.Hi, "diff_lo": d.Lo, "diff_median": d.Median, "diff_hi": d.Hi,
		}
	},
	"srm": func(in input) fields {
		return ratioOf([]stats.Split{{Participants: in.Counts, Weights: in.Weights}}, in.Concentration)
	},
	"srm_epochs": func(in input) fields {
		var splits []stats.Split
		for _, e := range in.Epochs {
			splits = append(splits, stats.Split{Participants: e.Counts, Weights: e.Weights})
		}
		return ratioOf(splits, in.Concentration)
	},
	"welch": func(in input) fields {
		m, tt, df := stats.Welch(in.A.values(), in.B.values(), in.Conf)
		f := meansOf(m)
		f["t"], f["df"] = tt, df
		f["mean_a"], f["mean_b"] = in.A.values().Mean(), in.B.values().Mean()
		f["var_a"], f["var_b"] = in.A.values().Variance(), in.B.values().Variance()
		f["chance_to_beat"] = math.Erfc(-tt/math.Sqrt2) / 2
		return f
	},
	"mean_agt": func(in input) fields {
		m, e := stats.MeansAlwaysValid(in.A.values(), in.B.values(), in.Alpha)
		f := meansOf(m)
		f["ready"], f["h"], f["log_e"] = !math.IsNaN(m.P), e.H, e.LogE
		f["z_star"] = math.Sqrt(stats.Threshold(e.H, in.Alpha))
		if math.IsNaN(m.P) {
			f["log_e"], f["z_star"] = nil, nil
		}
		return f
	},
	"ratio_metric": func(in input) fields {
		r, v := stats.RatioOfSums(stats.Products{N: float64(in.N), X: in.SumX, Y: in.SumY, XX: in.SumXX, YY: in.SumYY, XY: in.SumXY})
		return fields{"ratio": r, "variance": v}
	},
	"sample_size_fixed": func(in input) fields { return size(stats.SampleSize(in.plan())) },
	"power_fixed":       func(in input) fields { return fields{"power": stats.Power(in.plan(), float64(in.N))} },
	"mde_fixed": func(in input) fields {
		rate := stats.SmallestEffect(in.plan(), float64(in.N))
		return fields{"mde_absolute": rate - in.P1, "mde_relative": rate/in.P1 - 1}
	},
	"sample_size_always_valid": func(in input) fields { return size(stats.SampleSizeAlwaysValid(in.plan())) },
	"sample_size_mean":         func(in input) fields { return size(stats.SampleSizeMean(in.plan(), in.SD, in.Delta)) },
	"verdict": func(in input) fields {
		epoch := stats.Stratum{Arms: in.allCounts(), Weights: in.Weights}
		if in.Mode == "bandit" {
			epoch.Weights = nil
		}
		v := stats.Decide(stats.Question{
			Strata: []stats.Stratum{epoch}, Alpha: in.Alpha, MinEffect: in.MinEffect, Planned: in.Planned,
		})
		f := fields{"verdict": v.State}
		if v.Leader >= 0 {
			f["leader"] = float64(v.Leader)
		}
		if v.Arms == nil {
			return f
		}
		var standings, adjusted, levels []any
		for i, a := range v.Arms {
			standings = append(standings, a.Standing)
			if i == 0 {
				adjusted, levels = append(adjusted, nil), append(levels, nil)
				continue
			}
			adjusted, levels = append(adjusted, a.AdjustedP), append(levels, 1-a.Alpha)
		}
		f["arms"], f["adjusted_p"], f["interval_level"] = standings, adjusted, levels
		return f
	},
}
