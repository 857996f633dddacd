package stats_test

import (
	"math"
	"testing"

	"github.com/sixpack-go/sixpack/stats"
)

// TestNearlyAllConverted has so few that did not that the rates differ in their
// ninth digit only. With few of 1e9 failing, failures are a Poisson count: lifts
// of the rate are, but for the sign, differences.
func TestNearlyAllConverted(t *testing.T) {
	for _, c := range []stats.Comparison{
		stats.Fixed(stats.Proportion{Participants: 1e9, Converted: 1e9 - 30}, stats.Proportion{Participants: 1e9, Converted: 1e9 - 50}, 0.95),
		stats.Fixed(stats.Proportion{Participants: 1e9, Converted: 1e9 - 3}, stats.Proportion{Participants: 1e9, Converted: 1e9 - 1}, 0.999),
		stats.Fixed(stats.Proportion{Participants: 1e9, Converted: 1e9}, stats.Proportion{Participants: 1e9, Converted: 1e9 - 3}, 0.95),
	} {
		d, l := c.DifferenceIn, c.LiftIn
		if math.Abs(float64(l.Lo/d.Lo)-1) > 1e-4 || math.Abs(float64(l.Hi/d.Hi)-1) > 1e-4 {
			t.Errorf("differences are in %v, lifts in %v", d, l)
		}
	}
}

// TestFarLift needs rates far below the smallest that can be told from 0 beside 1.
func TestFarLift(t *testing.T) {
	c, _ := stats.AlwaysValid(stats.Proportion{Participants: 6, Converted: 5}, stats.Proportion{Participants: 1e6}, 0.5)
	if !math.IsInf(float64(c.LiftIn.Hi), 1) {
		t.Errorf("so few participants of control put a bound to the lift: %v", c.LiftIn)
	}
}

// TestStandardized leaves out what says nothing.
func TestStandardized(t *testing.T) {
	even := []float64{1, 1, 1}
	got := stats.Standardized([]stats.Stratum{
		{Arms: []stats.Proportion{{100, 10}, {300, 60}, {0, 0}}, Weights: even},
		{Arms: []stats.Proportion{{100, 30}, {0, 0}, {0, 0}}, Weights: []float64{1, 0, 0}},
		{Arms: []stats.Proportion{{1000, 1000}, {0, 0}, {10, 5}}}, // nobody drew them
	})
	if math.Abs(got[0]-0.14) > 1e-12 || math.Abs(got[1]-0.2) > 1e-12 || !math.IsNaN(got[2]) {
		t.Errorf("rates %v, want 0.14, 0.2 and NaN", got)
	}
	got = stats.Standardized([]stats.Stratum{
		{Arms: []stats.Proportion{{10, 1}, {30, 1}}, Values: []stats.Values{{Participants: 10, Sum: 20}, {Participants: 30, Sum: 30}}, Weights: even[:2]},
		{Arms: []stats.Proportion{{30, 1}, {10, 1}}, Values: []stats.Values{{Participants: 30, Sum: 0}, {Participants: 10, Sum: 20}}, Weights: even[:2]},
	})
	if math.Abs(got[0]-1) > 1e-12 || math.Abs(got[1]-1.5) > 1e-12 {
		t.Errorf("means %v, want 1 and 1.5", got)
	}
	if got := stats.Standardized(nil); got != nil {
		t.Errorf("without epochs: %v", got)
	}
}
