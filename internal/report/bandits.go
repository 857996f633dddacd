package report

import (
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/internal/format"
	"github.com/sixpack-go/sixpack/internal/simulation"
)

// Bandits writes the results of algorithms in simulated tests, and the name of the plot's file unless it is empty.
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
			paragraphs(&b, a.Algorithm+" never learned anything: each alternative had too few mature participants. Try a shorter --window, "+
				"or more --days or --visitors.")
		}
	}
	if plot != "" {
		fmt.Fprintf(&b, "The plot is in %s.\n", plot)
	}
	paragraphs(&b, fmt.Sprintf("--seed %d simulates the same tests. \"sixpack help simulate\" explains how to read this.", r.Seed))
	return write(w, b.String())
}

func portion(p simulation.Portion) string { return fmt.Sprintf("%.1f%%", 100*p.Share) }

// aboutBandits describes the simulated tests.
func aboutBandits(r simulation.BanditsReport) string {
	text := fmt.Sprintf("%s of each algorithm, with %s; %s. Bandits learn ", format.Many(r.Runs, "test"), traffic(r), rates(r))
	if r.Window == 0 {
		text += "from all participants at once."
	} else {
		text += "from participants who came at least " + hours(r.Window) + " ago."
	}
	if r.Runs < r.Asked {
		text += fmt.Sprintf(" Interrupted after %d of %d tests.", r.Runs, r.Asked)
	}
	return text
}

func traffic(r simulation.BanditsReport) string {
	return format.Many(r.Visitors, "visitor") + " over " + format.Many(r.Days, "day")
}

// rates describes how many visitors convert, and when.
func rates(r simulation.BanditsReport) string {
	all := make([]string, len(r.Rates))
	for i, x := range r.Rates {
		all[i] = format.Percent(x)
	}
	last := len(all) - 1
	text := strings.Join(all[:last], ", ") + " and " + all[last] + " convert"
	if r.Delay > 0 {
		text += ", after " + hours(r.Delay) + " on average"
	}
	if r.Drift > 0 {
		text += fmt.Sprintf(", in a wave of ±%s", format.Percent(r.Drift))
	}
	return text
}

// percentages writes shares as whole percentages: "25/75".
func percentages(shares []float64) string {
	texts := make([]string, len(shares))
	for i, x := range shares {
		texts[i] = strconv.FormatFloat(100*x, 'f', 0, 64)
	}
	return strings.Join(texts, "/")
}

// hours writes a number of hours as a duration of Go, without zero minutes and seconds at its end.
func hours(x float64) string {
	text := time.Duration(x * float64(time.Hour)).String()
	for _, zero := range []string{"m0s", "h0m"} {
		if strings.HasSuffix(text, zero) {
			text = strings.TrimSuffix(text, zero[1:])
		}
	}
	return text
}
