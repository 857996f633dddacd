package cli

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/stats"
	"github.com/sixpack-go/sixpack/store"
)

// shownResults is an analysis as it is printed.
type shownResults struct {
	analysis.Report

	stored     bool     // it is of an experiment of a store
	overridden []string // flags that went before its plan
	equal      bool     // equal shares were supposed, as nobody said any
}

// String returns what to do and why, then the numbers, then how to read them.
func (r shownResults) String() string {
	var b strings.Builder
	paragraphs(&b, r.Verdict.Headline, r.Verdict.Detail)
	b.WriteString("\n" + r.table() + "\n")
	paragraphs(&b, r.Verdict.Note, r.about(), r.ratio(), r.needed(), r.reading())
	return b.String()
}

// width is how long a line of text is, so that it fits every terminal.
const width = 90

// paragraphs writes texts that are not empty, each from the beginning of a line.
func paragraphs(b *strings.Builder, texts ...string) {
	const glue = "\u00a0" // no percentage is broken
	for _, text := range texts {
		length := 0
		for word := range strings.SplitSeq(strings.ReplaceAll(text, " %", glue+"%"), " ") {
			n := len([]rune(word))
			switch {
			case n == 0 || length == 0:
			case length+1+n > width:
				b.WriteByte('\n')
				length = 0
			default:
				b.WriteByte(' ')
				length++
			}
			b.WriteString(strings.ReplaceAll(word, glue, " "))
			length += n
		}
		if length > 0 {
			b.WriteByte('\n')
		}
	}
}

// table is that of the alternatives.
func (r shownResults) table() string {
	measure := "RATE"
	if r.Measure == analysis.MeasureMean {
		measure = "TOTAL\tMEAN"
	}
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintf(table, "ALTERNATIVE\tCONVERTED\t%s\tLIFT\tP\tBETTER\tBEST\n", measure)
	for _, a := range r.Alternatives {
		lift := shownLift(a)
		if a.Control {
			lift = "control"
		}
		fmt.Fprintf(table, "%s\t%s of %s\t%s\t%s\t%s\t%s\t%s\n", a.Name, grouped(a.Converted), grouped(a.Participants),
			r.measured(a), lift, shownP(a.P), shownChance(a.ChanceToBeatControl), shownChance(a.ChanceToBeBest))
	}
	_ = table.Flush() // to a Builder, which never fails
	return trimLines(b.String())
}

// trimLines takes away the spaces that end lines.
func trimLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

func (r shownResults) measured(a analysis.Alternative) string {
	if r.Measure == analysis.MeasureMean {
		digits := digitsFor(a.MeanIn)
		return fmt.Sprintf("%s\t%s (%s–%s)", decimals(float64(a.Total), 2), decimals(float64(a.Mean), digits),
			decimals(float64(a.MeanIn.Lo), digits), decimals(float64(a.MeanIn.Hi), digits))
	}
	if !a.RateIn.Lo.Known() || !a.Rate.Known() {
		return ""
	}
	percent := stats.Interval{Lo: 100 * a.RateIn.Lo, Hi: 100 * a.RateIn.Hi}
	digits := digitsFor(percent)
	return fmt.Sprintf("%s %% (%s–%s)", decimals(100*float64(a.Rate), digits),
		decimals(float64(percent.Lo), digits), decimals(float64(percent.Hi), digits))
}

// digitsFor returns how many decimals tell what an interval tells: two digits of
// half its width.
func digitsFor(i stats.Interval) int {
	half := float64(i.Hi-i.Lo) / 2
	if !(half > 0) {
		return 0
	}
	const most = 6
	return max(0, min(most, 1-int(math.Floor(math.Log10(half)))))
}

// shownLift writes a lift with its interval.
func shownLift(a analysis.Alternative) string {
	lo, hi := a.LiftIn.Lo, a.LiftIn.Hi
	in := ""
	switch {
	case lo.Known() && hi.Known():
		in = fmt.Sprintf("(%s to %s)", strings.TrimSuffix(analysis.Percent(float64(lo)), " %"), analysis.Percent(float64(hi)))
	case lo > -1: // and no upper bound is known
		in = fmt.Sprintf("(more than %s)", analysis.Percent(float64(lo)))
	}
	if !a.Lift.Known() {
		return strings.Trim(in, "()")
	}
	return strings.TrimSpace(analysis.Percent(float64(a.Lift)) + " " + in)
}

func shownP(p stats.Number) string {
	const least = 1e-4
	switch {
	case !p.Known():
		return ""
	case p < least:
		return "< 0.0001"
	default:
		return strconv.FormatFloat(float64(p), 'g', 2, 64)
	}
}

func shownChance(p stats.Number) string {
	const most = 0.9995
	switch {
	case !p.Known():
		return ""
	case p >= most:
		return "> 99.9 %"
	case p < 1-most:
		return "< 0.1 %"
	default:
		return strconv.FormatFloat(100*float64(p), 'f', 1, 64) + " %"
	}
}

// about tells what was analysed, of a store's experiment.
func (r shownResults) about() string {
	if !r.stored {
		return ""
	}
	text := fmt.Sprintf("Experiment %s, %s, by %s.", r.Experiment, stateOf(r.Counts.Record), shownKPI(r.KPI))
	if !r.Primary {
		text += fmt.Sprintf(" That is for exploring: the primary one is %s. The more KPIs one looks at, the more look good by chance.",
			shownKPI(r.Counts.Record.PrimaryKPI()))
	}
	var rest []string
	for _, flag := range r.overridden {
		if flag != "--kpi" {
			rest = append(rest, flag)
		}
	}
	if rest != nil {
		text += fmt.Sprintf(" For this look only, %s went before the experiment's plan.", strings.Join(rest, ", "))
	}
	return text
}

// ratio tells whether participants came in the shares that were set. That they
// did not is the verdict.
func (r shownResults) ratio() string {
	const most = 5
	switch {
	case r.SampleRatio.Mismatch && r.equal:
		return "That supposes equal shares. If others were set, say so with --weights, such as 90:10."
	case !r.SampleRatio.Checked || r.SampleRatio.Mismatch:
		return ""
	}
	were := "the shares that were set"
	if n := len(r.Alternatives); !r.Stratified && n <= most {
		were += ", " + shares(r.Counts.Record.Shares()).percent()
	}
	return fmt.Sprintf("The sample ratio is sound: participants came in %s (p\u00a0%s).", were, shownP(r.SampleRatio.P))
}

// percent returns shares as percentages.
func (s shares) percent() string {
	sum := 0.0
	for _, x := range s {
		sum += x
	}
	all := make([]string, len(s))
	for i, x := range s {
		const digits = 3
		all[i] = strconv.FormatFloat(100*x/sum, 'g', digits, 64)
	}
	return strings.Join(all, " : ")
}

// needed tells what an experiment still needs that goes on.
func (r shownResults) needed() string {
	o, s := r.Outlook, r.Verdict.State
	if !o.Missing.Known() || s != stats.StateKeepRunning && s != stats.StateNoData {
		return ""
	}
	size := grouped(int64(o.Size))
	what := fmt.Sprintf("To find %s with a chance of %s it takes at most %s participants in all",
		analysis.Percent(r.Plan.Effect), unsigned(r.Plan.Power), size)
	if r.Plan.Size > 0 {
		what = fmt.Sprintf("Planned are %s participants in all", size)
	}
	if o.Missing == 0 {
		return what + ": they are there."
	}
	what += fmt.Sprintf(": %s more", grouped(int64(o.Missing)))
	if !o.Days.Known() {
		return what + "."
	}
	return what + fmt.Sprintf(", about %s at %s a day.", counting(math.Ceil(float64(o.Days)), "day"), grouped(int64(math.Round(float64(o.PerDay)))))
}

// reading tells how the numbers are to be read.
func (r shownResults) reading() string {
	if r.Alternatives[0].Standing == "" {
		return ""
	}
	text := fmt.Sprintf("Verdict, p and the lifts' intervals may be looked at any time, as often as you like: a false alarm comes in at most %s of tests.",
		unsigned(r.Plan.Alpha))
	if r.Plan.Analysis == store.AnalysisFixed {
		text = fmt.Sprintf("This is one look, at the %s participants that were fixed beforehand: a false alarm comes in %s of tests. To look again is to have more of them.",
			grouped(r.Plan.Size), unsigned(r.Plan.Alpha))
	}
	if n := len(r.Alternatives) - 1; n > 1 {
		text += fmt.Sprintf(" That holds for the %d comparisons together.", n)
	}
	if r.Stratified {
		text += " Shares have changed: alternatives are compared within each stretch of equal ones, so that a lift may differ from the ratio of rates."
	}
	return text + fmt.Sprintf(" The chances, to be better than %s and to be best, and the intervals of each alternative by itself (95 %%) "+
		"describe and decide nothing.", r.Alternatives[0].Name)
}

// unsigned writes a fraction as a percentage with 2 significant digits.
func unsigned(x float64) string { return strings.TrimPrefix(analysis.Percent(x), "+") }

// counting returns "1 day" or "2 days".
func counting(n float64, what string) string {
	if n != 1 {
		what += "s"
	}
	return grouped(int64(n)) + " " + what
}

// decimals writes a number with so many decimals, and commas.
func decimals(x float64, digits int) string {
	sign := ""
	if x < 0 {
		sign, x = "−", -x
	}
	whole, rest, some := strings.Cut(strconv.FormatFloat(x, 'f', digits, 64), ".")
	n, _ := strconv.ParseInt(whole, 10, 64) // too large a one is the largest
	if some {
		rest = "." + rest
	}
	return sign + grouped(n) + rest
}

// grouped writes a number with commas.
func grouped(n int64) string {
	const group = 3
	s := strconv.FormatInt(n, 10)
	for i := len(s) - group; i > 0 && s[i-1] != '-'; i -= group {
		s = s[:i] + "," + s[i:]
	}
	return s
}
