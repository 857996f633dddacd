//go:build race

package simulation_test

// more is how many times the fewest runs are made: the race detector makes each
// take ten times as long.
const more = 1
