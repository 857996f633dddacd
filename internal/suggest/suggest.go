// Package suggest suggests names that exist for a name that does not.
package suggest

import (
	"fmt"
	"slices"
	"strings"
)

// DidYouMean returns a suggestion that ends an error message about an unknown
// word, such as ": did you mean serve?", or "" if no known word is like it.
func DidYouMean(word string, known []string) string {
	best, distance := Nearest(word, known)
	if distance > max(2, len(word)/3) {
		return ""
	}
	return ": did you mean " + best + "?"
}

// List returns a clause that lists what exists, such as "there are red, green, 3
// more".
func List(known []string) string {
	const limit = 10
	verb := "are "
	if len(known) == 1 {
		verb = "is "
	}
	if more := len(known) - limit; more > 0 {
		known = append(slices.Clone(known[:limit]), fmt.Sprintf("%d more", more))
	}
	return "there " + verb + strings.Join(known, ", ")
}

// Nearest returns the known word that is most like the given one, and the number
// of bytes to insert, delete, replace or swap with their neighbor to get there.
// The distance of a word that is like none is its length.
func Nearest(word string, known []string) (best string, distance int) {
	distance = len(word)
	for _, k := range known {
		if d := editDistance(word, k); d < distance {
			best, distance = k, d
		}
	}
	return best, distance
}

// editDistance returns the optimal string alignment distance of a and b.
func editDistance(a, b string) int {
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			replace := row[j]
			if a[i] != b[j] {
				replace++
			}
			next[j+1] = min(replace, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
