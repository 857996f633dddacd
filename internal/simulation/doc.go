// Package simulation replays A/B tests of which the truth is known, and looks at
// each after every visitor, as somebody does who cannot wait: that is how it
// finds out how often a way to decide cries wolf, and how soon it sees what is
// there.
//
// A [Scenario] says who comes when and what is true, a [Method] when it would
// have decided. All methods watch the same runs. A seed repeats them exactly, on
// however many processors.
package simulation
