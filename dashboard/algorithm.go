package dashboard

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/bandit"
	"github.com/sixpack-go/sixpack/dashboard/internal/format"
)

// explainAlgorithm says what an algorithm does, to readers who do not know it.
func explainAlgorithm(a bandit.Algorithm) string {
	const tenth, fifth = 0.1, 0.2
	switch a := a.(type) {
	case nil:
		return "this server does not know it, and leaves the shares as they are set"
	case bandit.Hash:
		return "a test: the shares stay as they are set"
	case bandit.Random:
		return "a test whose visitors are drawn by dice, as in Sixpack 1: the shares stay as they are set"
	case bandit.Thompson:
		return "Thompson sampling: sends more visitors to what works" + evenly(cmp.Or(a.Floor, tenth))
	case bandit.EpsilonGreedy:
		return "sends nearly all visitors to what did best so far, and is easily misled by luck" + evenly(cmp.Or(a.Epsilon, tenth))
	case bandit.Whiplash:
		return "Sixpack 1’s bandit as it was meant: Thompson sampling that learns slower" + evenly(fifth)
	case bandit.WhiplashLegacy:
		return "Sixpack 1’s bandit with its mistake: hardly leaves equal shares where few convert" + evenly(fifth)
	default:
		return "an algorithm of your own: sets the shares from time to time"
	}
}

// evenly says which fraction of the visitors an algorithm always splits evenly.
func evenly(fraction float64) string {
	if fraction <= 0 {
		return ""
	}
	return "; " + percent(fraction) + " % is always split evenly"
}

// learning is what a page says about an algorithm that learns.
type learning struct {
	Name string
	Says []string
}

// newLearning returns nil for an algorithm that does not learn. If the verdict is
// broken, it says nothing about results.
func newLearning(l sixpack.Learning, r *analysis.Report, broken bool) *learning {
	if l.Algorithm != nil && !l.Learns {
		return nil
	}
	words := explainAlgorithm(l.Algorithm)
	p := &learning{Name: l.Name, Says: []string{strings.ToUpper(words[:1]) + words[1:] + "."}}
	if !l.Learns {
		return p
	}
	p.Says = append(p.Says, learns(l, r), shared(r))
	if !broken {
		p.Says = append(p.Says, "A bandit earns more while it runs; a test tells you more. The verdict and the lift may be believed, "+
			"however often you look: alternatives are compared within each stretch of equal shares. That one of them gets most visitors proves nothing.")
	}
	return p
}

// learns says from whom an algorithm learns, or what it waits for.
func learns(l sixpack.Learning, r *analysis.Report) string {
	record := r.Counts.Record
	text := "It learns from " + kpiInSentence(record.PrimaryKPI()) + ", by which the experiment is judged"
	who := "participants"
	if l.Window > 0 {
		who += " who came at least " + format.Duration(l.Window) + " ago"
	}
	switch {
	case !record.Open():
		return text + ". Nobody new takes part at present, so that the shares stay."
	case l.Waits():
		return text + ", and still waits: the shares stay as they are set until each alternative has " + format.Count(l.Needed) + " " + who +
			". The one with the fewest has " + format.Count(l.Fewest) + "."
	default:
		return text + ", and from " + who + "."
	}
}

// shared says which shares new participants get.
func shared(r *analysis.Report) string {
	const most = 10
	names := r.Counts.Record.Alternatives
	all := r.Counts.Record.Shares()
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	rest := ""
	if len(order) > most {
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(all[b], all[a]) })
		order, rest = order[:most], ", and the others less"
	}
	parts := make([]string, len(order))
	for i, j := range order {
		parts[i] = names[j] + " " + format.Share(all[j])
	}
	return "Shares of new participants: " + strings.Join(parts, ", ") + rest + "."
}
