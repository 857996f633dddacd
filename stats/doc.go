// Package stats evaluates A/B tests: numbers in, numbers out.
//
// Its main result is Sixpack's G-test, made safe to look at any time: [AlwaysValid] compares two alternatives, [Stratified]
// does so if the shares changed, and [MeansAlwaysValid] for a KPI with values. Each returns a p-value that is valid however
// often and whenever you look, and intervals that exclude "no difference" exactly if the p-value is at most alpha.
//
// [Decide] combines them into a decision on a whole experiment. The package also has the test for a single look at a size
// planned in advance ([Fixed], [Welch]), descriptive statistics ([Wilson], [Best], [CredibleLift]), the check of the sample
// ratio ([CheckSampleRatio]), planning ([SampleSize] and others), and the numbers of Sixpack's own JSON ([LegacyOf]).
//
// Rates and lifts are fractions: a lift of 0.1 is 10% more than the control. An undefined number is NaN, such as the lift over
// a control that never converted. A number without a bound is infinite.
package stats
