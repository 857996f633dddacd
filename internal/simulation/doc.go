// Package simulation runs A/B tests whose truth is known, and looks at each after every
// visitor, as an impatient reader does. So it measures how often a method to decide
// raises a false alarm, and how soon it detects a real difference.
//
// A [Scenario] describes the visitors and the truth, a [Method] when it would have
// decided. All methods watch the same runs. The same seed repeats the runs exactly, on
// any number of processors.
//
// [AA] and [Bandits] are the simulations behind the commands "aa" and "simulate": they
// run in a real engine over a store in memory.
package simulation
