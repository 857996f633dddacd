package suggest_test

import (
	"testing"

	"github.com/sixpack-go/sixpack/internal/suggest"
)

func TestDidYouMean(t *testing.T) {
	known := []string{"serve", "seed", "check-config"}
	for word, want := range map[string]string{
		"serve": ": did you mean serve?", "sevre": ": did you mean serve?", "sed": ": did you mean seed?",
		"chek-confg": ": did you mean check-config?", "frobnicate": "",
	} {
		if got := suggest.DidYouMean(word, known); got != want {
			t.Errorf("DidYouMean(%q) = %q, want %q", word, got, want)
		}
	}
}

func TestList(t *testing.T) {
	for want, known := range map[string][]string{
		"there is a":     {"a"},
		"there are a, b": {"a", "b"},
		"there are a, b, c, d, e, f, g, h, i, j, 2 more": {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"},
	} {
		if got := suggest.List(known); got != want {
			t.Errorf("List(%q) = %q, want %q", known, got, want)
		}
	}
}
