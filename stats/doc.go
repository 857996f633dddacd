// Package stats judges A/B tests: numbers in, numbers out.
//
// Its primary result is the G-test that Sixpack always had, made safe to look at
// any time: [AlwaysValid] for one pair of alternatives, [Stratified] where shares
// changed, [MeansAlwaysValid] for KPIs with values. All of them give a p-value
// that holds however often, and whenever, one looks, and intervals that exclude
// "no difference" exactly when the p-value is at most alpha.
//
// [Decide] puts these together into a verdict on a whole experiment. Beside that
// there are the look at a size fixed in advance ([Fixed], [Welch]), what is
// descriptive only ([Wilson], [Best], [CredibleLift]), the check of the sample ratio
// ([SampleRatio]), planning ([SampleSize] and others), and what Sixpack's own
// JSON says ([LegacyOf]).
//
// Rates are fractions, lifts too: 0.1 is 10 % more than control. A number that is
// not defined is NaN, as the lift over a control that never converted is, and
// what has no bound is infinite.
package stats
