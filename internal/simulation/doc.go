// Package simulation runs A/B tests with known conversion rates, and looks at each test after
// every visitor, as an impatient reader does. It measures how often a method raises a false
// alarm, and how soon it detects a real difference.
//
// A [Scenario] describes the visitors and their rates, a [Method] a way to decide. All methods
// watch the same runs. A seed repeats its runs exactly, on any number of processors.
//
// [AA] and [Bandits] are the simulations behind the commands "aa" and "simulate": they
// run in a real engine over a store in memory.
package simulation
