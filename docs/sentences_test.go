package docs_test

import (
	"regexp"
	"strings"

	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// sentences compares the table of sentences with the verdicts of examples. Each state needs at least one.
func sentences(d document) {
	p := func(participants, converted int64) stats.Proportion {
		return stats.Proportion{Participants: participants, Converted: converted}
	}
	sized, fixed := plan, store.Plan{Analysis: store.AnalysisFixed, Size: 20_000}
	sized.Size = 8000
	var table strings.Builder
	table.WriteString("| state | when | sentences |\n| --- | --- | --- |\n")
	seen := make(map[stats.State]bool)
	add := func(when string, days int, p store.Plan, e epoch) {
		v := analyze(days, p, e).Verdict
		seen[v.State] = true
		table.WriteString("| `" + string(v.State) + "` | " + when + " | " + quoted(v) + " |\n")
	}
	add("a challenger is up", 7, plan, halves(p(4000, 200), p(4000, 232)))
	add("a challenger is down", 7, plan, halves(p(4000, 200), p(4000, 190)))
	add("a challenger is level", 7, plan, halves(p(4000, 200), p(4000, 200)))
	add("another is already worse", 7, plan, halves(p(4000, 200), p(4000, 232), p(4000, 100)))
	add("more than a year to go", 30, plan, halves(p(1000, 4), p(1000, 3)))
	add("the lift should have been detected", 30, plan, halves(p(20_000, 1000), p(20_000, 1050)))
	add("the control has no conversions", 7, plan, halves(p(100, 0), p(100, 3)))
	add("there are no conversions", 3, plan, halves(p(100, 0), p(100, 0)))
	add("a single look, not due", 7, fixed, halves(p(4000, 200), p(4000, 232)))
	add("one challenger is better", 21, plan, halves(red, blue))
	add("by a KPI with values", 21, plan, epoch{arms: []stats.Proportion{p(10_000, 500), p(10_000, 700)}, paid: []stats.Values{
		{Participants: 10_000, NonZero: 500, Sum: 10_000, Squares: 212_500}, {Participants: 10_000, NonZero: 700, Sum: 15_000, Squares: 462_500},
	}})
	add("over a negative mean, as of refunds", 21, plan, epoch{arms: []stats.Proportion{p(10_000, 500), p(10_000, 500)}, paid: []stats.Values{
		{Participants: 10_000, NonZero: 500, Sum: -20_000, Squares: 812_500}, {Participants: 10_000, NonZero: 500, Sum: -10_000, Squares: 212_500},
	}})
	add("two challengers are better", 21, plan, halves(p(10_000, 500), p(10_000, 720), p(10_000, 690)))
	add("the control has no conversions", 21, plan, halves(p(1000, 0), p(1000, 25)))
	add("the challenger is worse", 21, plan, halves(red, p(11_940, 460)))
	add("all challengers are worse", 21, plan, halves(p(10_000, 700), p(10_000, 500), p(10_000, 480)))
	add("all challengers are equivalent", 60, plan, halves(p(34_020, 1701), p(33_980, 1713)))
	add("one is equivalent, one is worse", 60, plan, halves(p(200_000, 10_000), p(200_000, 10_020), p(200_000, 8000)))
	add("planned size reached", 7, sized, halves(p(4000, 200), p(4000, 232)))
	add("planned size reached with three alternatives", 7, sized, halves(p(4000, 200), p(4000, 232), p(4000, 100)))
	add("planned size reached without conversions", 7, sized, halves(p(4000, 0), p(4000, 0)))
	add("sample-ratio mismatch", 21, plan, halves(p(12_400, 620), p(11_600, 719)))
	add("sample-ratio mismatch of many alternatives", 21, plan, halves(p(5000, 5), p(5000, 5), p(5000, 5), p(5000, 5), p(5000, 5), p(4000, 5)))
	add("no participants at all", 1, plan, halves(p(0, 0), p(0, 0)))
	add("no participants of one alternative", 1, plan, halves(p(12, 1), p(0, 0)))
	add("more conversions than participants", 1, plan, halves(p(12, 1), p(10, 11)))

	for _, state := range regexp.MustCompile(`State = "(\w+)"`).FindAllStringSubmatch(read(d.t, "../stats/decide.go"), -1) {
		if !seen[stats.State(state[1])] {
			d.t.Errorf("the state %s has no example", state[1])
		}
	}
	d.saysf("%s", &table)
	if !strings.Contains(read(d.t, "statistics.md"), "\n"+table.String()+"\n") {
		d.t.Error("the table of sentences has other rows")
	}
}
