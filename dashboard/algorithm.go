package dashboard

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sixpack-go/sixpack"
	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/bandit"
	"github.com/sixpack-go/sixpack/internal/format"
)

// explainAlgorithm explains an algorithm to readers who do not know it.
func explainAlgorithm(a bandit.Algorithm) string {
	const tenth, fifth = 0.1, 0.2
	switch a := a.(type) {
	case nil:
		return "unknown to this server, which leaves the traffic split as set"
	case bandit.Hash:
		return "an A/B test: the traffic split stays as set"
	case bandit.Random:
		return "an A/B test with random assignment, as in Sixpack 1: the traffic split stays as set"
	case bandit.Thompson:
		return "Thompson sampling: sends more visitors to better alternatives" + evenly(cmp.Or(a.Floor, tenth))
	case bandit.EpsilonGreedy:
		return "sends nearly all visitors to the best alternative so far; chance results mislead it easily" + evenly(cmp.Or(a.Epsilon, tenth))
	case bandit.Whiplash:
		return "Sixpack 1’s bandit as intended: Thompson sampling that learns more slowly" + evenly(fifth)
	case bandit.WhiplashLegacy:
		return "Sixpack 1’s bandit including its bug: shares stay nearly equal at low conversion rates" + evenly(fifth)
	default:
		return "a custom algorithm that adjusts the traffic split"
	}
}

// evenly describes the fraction of visitors that an algorithm always splits evenly.
func evenly(fraction float64) string {
	if fraction <= 0 {
		return ""
	}
	return "; " + percent(fraction) + "% of visitors are always split evenly"
}

// learning describes an algorithm that learns.
type learning struct {
	Name  string
	Texts []string // sentences
}

// newLearning returns nil for an algorithm that does not learn. If the data is
// unreliable, it omits the sentences about results.
func newLearning(l sixpack.Learning, r *analysis.Report, broken bool) *learning {
	if l.Algorithm != nil && !l.Learns {
		return nil
	}
	words := explainAlgorithm(l.Algorithm)
	p := &learning{Name: l.Name, Texts: []string{strings.ToUpper(words[:1]) + words[1:] + "."}}
	if !l.Learns {
		return p
	}
	p.Texts = append(p.Texts, learns(l, r), split(r))
	if !broken {
		p.Texts = append(p.Texts, "A bandit gets more conversions while it runs; an A/B test gives more precise results. The verdict and the lift are valid "+
			"however often you look, because alternatives are compared only within periods of equal shares. "+
			"Receiving the most traffic does not prove an alternative is better.")
	}
	return p
}

// learns describes which participants an algorithm learns from, or what it waits for.
func learns(l sixpack.Learning, r *analysis.Report) string {
	record := r.Counts.Record
	text := "The algorithm learns from the primary KPI, " + analysis.KPIName(record.PrimaryKPI())
	who := "participants"
	if l.Window > 0 {
		who += " who came at least " + format.Duration(l.Window) + " ago"
	}
	switch {
	case !record.Open():
		return text + ". There are no new participants at present, so the traffic split does not change."
	case l.Waits():
		return text + ". It has not started yet: the traffic split stays as set until each alternative has " + format.Count(l.Needed) + " " + who +
			". The alternative with the fewest has " + format.Count(l.Fewest) + "."
	default:
		return text + ", of " + who + "."
	}
}

// split describes the current traffic split.
func split(r *analysis.Report) string {
	const maxNames = 10
	names := r.Counts.Record.Alternatives
	all := r.Counts.Record.Shares()
	order := make([]int, len(names))
	for i := range order {
		order[i] = i
	}
	rest := ""
	if len(order) > maxNames {
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(all[b], all[a]) })
		order, rest = order[:maxNames], ", and less for the others"
	}
	parts := make([]string, len(order))
	for i, j := range order {
		parts[i] = names[j] + " " + format.Share(all[j])
	}
	return "Current traffic split: " + strings.Join(parts, ", ") + rest + "."
}
