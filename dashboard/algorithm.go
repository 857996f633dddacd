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

// explainAlgorithm describes an algorithm.
func explainAlgorithm(a bandit.Algorithm) string {
	const tenth, fifth = 0.1, 0.2
	switch a := a.(type) {
	case nil:
		return "unknown to this server, so the shares stay as they are set"
	case bandit.Hash:
		return "a test: the shares stay as they are set"
	case bandit.Random:
		return "a test that assigns visitors at random, as in Sixpack 1: the shares stay as they are set"
	case bandit.Thompson:
		return "Thompson sampling: sends more visitors to the better alternatives" + evenly(cmp.Or(a.Floor, tenth))
	case bandit.EpsilonGreedy:
		return "sends nearly all visitors to the best alternative so far; easily misled by chance" + evenly(cmp.Or(a.Epsilon, tenth))
	case bandit.Whiplash:
		return "the bandit of Sixpack 1, corrected: Thompson sampling that learns more slowly" + evenly(fifth)
	case bandit.WhiplashLegacy:
		return "the bandit of Sixpack 1 with its error: stays near equal shares at low conversion rates" + evenly(fifth)
	default:
		return "a custom algorithm that sets the shares from time to time"
	}
}

// evenly names the fraction of the visitors that an algorithm always splits evenly.
func evenly(fraction float64) string {
	if fraction <= 0 {
		return ""
	}
	return "; " + percent(fraction) + "% of visitors are always split evenly"
}

// learning is the text about an algorithm that learns.
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
		p.Says = append(p.Says, "A bandit gains more conversions while it runs; a test gives clearer results. The verdict and the lift are valid however often "+
			"you look, because alternatives are compared within periods of equal shares. "+
			"Receiving the most traffic does not prove an alternative is better.")
	}
	return p
}

// learns describes the participants from whom an algorithm learns, or what it waits for.
func learns(l sixpack.Learning, r *analysis.Report) string {
	record := r.Counts.Record
	text := "It learns from the primary KPI, " + analysis.KPIName(record.PrimaryKPI())
	who := "participants"
	if l.Window > 0 {
		who += " who came at least " + format.Duration(l.Window) + " ago"
	}
	switch {
	case !record.Open():
		return text + ". There are no new participants at present, so the shares stay as they are."
	case l.Waits():
		return text + ". The shares stay as they are set until each alternative has " + format.Count(l.Needed) + " " + who +
			". The alternative with the fewest has " + format.Count(l.Fewest) + "."
	default:
		return text + ", of " + who + "."
	}
}

// shared lists the shares of new participants.
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
		order, rest = order[:most], ", and the others get less"
	}
	parts := make([]string, len(order))
	for i, j := range order {
		parts[i] = names[j] + " " + format.Share(all[j])
	}
	return "Shares of new participants: " + strings.Join(parts, ", ") + rest + "."
}
