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
		stats.Fixed(stats.Counts{Participants: 1e9, Converted: 1e9 - 30}, stats.Counts{Participants: 1e9, Converted: 1e9 - 50}, 0.95),
		stats.Fixed(stats.Counts{Participants: 1e9, Converted: 1e9 - 3}, stats.Counts{Participants: 1e9, Converted: 1e9 - 1}, 0.999),
		stats.Fixed(stats.Counts{Participants: 1e9, Converted: 1e9}, stats.Counts{Participants: 1e9, Converted: 1e9 - 3}, 0.95),
	} {
		d, l := c.DifferenceIn, c.LiftIn
		if math.Abs(l.Lo/d.Lo-1) > 1e-4 || math.Abs(l.Hi/d.Hi-1) > 1e-4 {
			t.Errorf("differences are in %v, lifts in %v", d, l)
		}
	}
}

// TestFarLift needs rates far below the smallest that can be told from 0 beside 1.
func TestFarLift(t *testing.T) {
	c, _ := stats.AlwaysValid(stats.Counts{Participants: 6, Converted: 5}, stats.Counts{Participants: 1e6}, 0.5)
	if !math.IsInf(c.LiftIn.Hi, 1) {
		t.Errorf("so few participants of control put a bound to the lift: %v", c.LiftIn)
	}
}
