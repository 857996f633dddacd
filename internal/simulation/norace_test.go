//go:build !race

package simulation_test

// underRace reports whether the race detector is on. It makes simulations, which have nothing to
// race with, ten times slower.
const underRace = false
