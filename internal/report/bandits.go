package report

import (
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/internal/simulation"
)

// Bandits writes how algorithms did in simulated tests, and where the plot is, if plot
// is not empty.
func Bandits(w io.Writer, r simulation.BanditsReport, plot string) error {
	var b strings.Builder
	paragraphs(&b, aboutBandits(r))
	t := newTable("ALGORITHM", "REGRET", "MIDDLE 80%", "CONVERSIONS", "BEST AHEAD", "NAMED BEST", "NAMED OTHER", "PARTICIPANTS")
	for _, a := range r.Algorithms {
		t.row(a.Algorithm, fmt.Sprintf("%.1f", a.Regret.Mean), fmt.Sprintf("%.1f to %.1f", a.Regret.Low, a.Regret.High),
			fmt.Sprintf("%.1f", a.Conversions), portion(a.Ahead), portion(a.NamedBest), portion(a.NamedOther), percentages(a.Shares))
	}
	b.WriteString("\n" + t.String() + "\n")
	for _, a := range r.Algorithms {
		if !a.Learned && a.Algorithm != "hash" {
			paragraphs(&b, a.Algorithm+" never learned anything: too few came of each alternative early enough. Try a shorter --window, "+
				"or more --days or --visitors.")
		}
	}
	if plot != "" {
		fmt.Fprintf(&b, "The plot is in %s.\n", plot)
	}
	paragraphs(&b, fmt.Sprintf("--seed %d simulates the same tests again. \"sixpack help simulate\" tells how to read this.", r.Seed))
	return write(w, b.String())
}

func portion(p simulation.Portion) string { return fmt.Sprintf("%.1f%%", 100*p.Share) }

// aboutBandits says what was simulated.
func aboutBandits(r simulation.BanditsReport) string {
	text := fmt.Sprintf("%s of each algorithm, with %s; %s. Bandits learn ", count(r.Runs, "test"), traffic(r), rates(r))
	if r.Window == 0 {
		text += "from everybody at once."
	} else {
		text += "from those who came " + hours(r.Window) + " ago or earlier."
	}
	if r.Runs < r.Asked {
		text += fmt.Sprintf(" Interrupted: these are the %d of %d that were finished.", r.Runs, r.Asked)
	}
	return text
}

func traffic(r simulation.BanditsReport) string {
	return fmt.Sprintf("%s visitors over %s", grouped(int64(r.Visitors)), count(r.Days, "day"))
}

// rates says how many convert, and when.
func rates(r simulation.BanditsReport) string {
	all := make([]string, len(r.Rates))
	for i, x := range r.Rates {
		all[i] = Percent(x)
	}
	last := len(all) - 1
	text := strings.Join(all[:last], ", ") + " and " + all[last] + " convert"
	if r.Delay > 0 {
		text += ", after " + hours(r.Delay) + " on average"
	}
	if r.Drift > 0 {
		text += fmt.Sprintf(", in a wave of ±%s", Percent(r.Drift))
	}
	return text
}

// hours writes a time as Go does, without zero minutes and seconds at its end.
func hours(x float64) string {
	text := time.Duration(x * float64(time.Hour)).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = strings.TrimSuffix(text, zero[1:])
		}
	}
	return text
}
