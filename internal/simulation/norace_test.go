//go:build !race

package simulation_test

// more is how many times the fewest runs are made.
const more = 8
