package countsfile_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/analysis"
	"github.com/sixpack-go/sixpack/internal/countsfile"
	"github.com/sixpack-go/sixpack/internal/report"
)

// analyzed analyzes the counts in a CSV file.
func analyzed(t *testing.T, content string) analysis.Report {
	t.Helper()
	c, err := countsfile.Read(strings.NewReader(content))
	if err != nil {
		t.Fatal(err)
	}
	return analyze(c)
}

func analyze(c countsfile.Counts) analysis.Report { return analysis.New(c.Store(), "", c.Now) }

// TestForms reads the same counts in all forms.
func TestForms(t *testing.T) {
	typed, err := countsfile.Typed([]string{"A=500/10000", "B=700/10000"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := report.Analysis{Report: analyze(typed)}.String()
	for name, content := range map[string]string{
		"plain":               "alternative,participants,conversions\nA,10000,500\nB,10000,700\n",
		"synonyms":            "Variant,Converted,Visitors\nA,500,10000\nB,700,10000\n",
		"semicolons":          "\ufeffname;participant_count;completed_count\r\nA;10000;500\r\nB;10000;700\r\n",
		"tabs and spaces":     "alternative\tusers\tconversion\nA\t 10000\t500\nB\t10000.0\t700.0\n",
		"several lines":       "alternative,participants,conversions\nA,4000,200\nB,10000,700\nA,6000,300\n\n",
		"quoted, equal share": "\"alternative\",participants,conversions,weight\n\"A\",10000,500,50\nB,10000,700,50\n",
	} {
		if got := (report.Analysis{Report: analyzed(t, content)}).String(); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
}

// TestByDay checks what follows from days that are over, and from weights.
func TestByDay(t *testing.T) {
	r := analyzed(t, `day,alternative,participants,conversions,share
2024-02-27,old,900,90,9
2024-02-27,new,100,10,9e-0
2024-02-28,old,1800,180,
`)
	if r.Verdict.State != "srm" {
		t.Errorf("with equal weights: %+v", r.Verdict)
	}
	r = analyzed(t, `day,alternative,participants,conversions,share
2024-02-27,old,900,90,9
2024-02-27,new,100,10,1
2024-02-28,old,1800,180,9
2024-02-28,new,200,20,1
2024-02-29,old,1800,200,9
2024-02-29,new,200,20,1
`)
	if r.Participants != 5000 || r.Alternatives[0].Converted != 470 || r.Alternatives[1].Participants != 500 || r.SampleRatio.Mismatch {
		t.Errorf("it reads %+v", r)
	}
	if r.Outlook.PerDay != 2000 || r.Outlook.SoFar != 3 {
		t.Errorf("the outlook is %+v", r.Outlook)
	}
}

func TestWithValues(t *testing.T) {
	const lines = "alternative,participants,conversions,sum,squares,nonzero\nA,10000,500,10000.00,212500,500\nB,10000,500,15000,462500,500\n"
	for _, content := range []string{lines, strings.NewReplacer(",nonzero", "", ",500\n", "\n").Replace(lines)} {
		r := analyzed(t, content)
		b := r.Alternatives[1]
		if r.Measure != analysis.MeasureMean || r.Verdict.State != "winner" || b.Total != 15000 || b.Mean != 1.5 || b.Lift < 0.499 || b.Lift > 0.501 {
			t.Errorf("by %s: %+v, %+v", r.Measure, r.Verdict, b)
		}
	}
}

// TestOfSixpack reads what Sixpack's own dashboard exported when it was
// recorded.
func TestOfSixpack(t *testing.T) {
	r := analyzed(t, sixpackExport)
	one, two := r.Alternatives[0], r.Alternatives[1]
	if r.Experiment != "exp" || one.Name != "one" || one.Participants != 6 || one.Converted != 2 || two.Participants != 4 || two.Converted != 2 {
		t.Errorf("it reads %+v", r)
	}
	if r.Outlook.SoFar != 367 {
		t.Errorf("the outlook is %+v", r.Outlook)
	}
	with := sixpackExport + "three,0,0\r\n" // which nobody got
	if r := analyzed(t, with); len(r.Alternatives) != 3 || r.Verdict.State != "keep_running" || r.SampleRatio.Mismatch || r.Alternatives[2].Standing != "" {
		t.Errorf("with an alternative that nobody got, it reads %+v", r)
	}
}

const sixpackExport = "Alternative Details\r\ndate,alternative,participants,conversions\r\n2012-12-31,one,2.0,0\r\n2013-01-01,one,1.0,0\r\n" +
	"2013-01-28,one,1.0,0\r\n2013-02-28,one,2.0,0\r\n2013-03-01,one,0,0.0\r\n2014-01-01,one,0,2.0\r\n2012-12-31,two,1.0,0\r\n" +
	"2013-01-01,two,2.0,0\r\n2013-01-28,two,1.0,0\r\n2013-02-28,two,0.0,0\r\n2013-03-01,two,0,2.0\r\n2014-01-01,two,0,0.0\r\n\r\n" +
	"\"\"\"exp\"\" Summary\"\r\ntotal participants,total_conversions,has_winner,description\r\n10,4,True,\"a, \"\"quoted\"\"\nline\"\r\n\r\n" +
	"Alternative Summary\r\nname,participant_count,completed_count\r\none,6,2\r\ntwo,4,2\r\n"

// FuzzCSV checks that all counts that are read can be analyzed and printed.
func FuzzCSV(f *testing.F) {
	f.Add([]byte(sixpackExport))
	f.Add([]byte("day,alternative,participants,conversions,weight,sum,squares\n2024-02-27,a,10,2,1,3,5\n2024-02-28,b,12,0,2,0,0\n"))
	f.Fuzz(func(t *testing.T, content []byte) {
		read, err := countsfile.Read(bytes.NewReader(content))
		if err != nil {
			return
		}
		counts := read.Store()
		if len(counts.Alternatives) > 5 {
			return
		}
		r := analyze(read)
		var want int64
		for _, a := range counts.Alternatives {
			want += a.Participants()
		}
		if r.Participants != want || len(r.Alternatives) != len(counts.Alternatives) {
			t.Errorf("%d participants and %d alternatives, want %d and %d", r.Participants, len(r.Alternatives), want, len(counts.Alternatives))
		}
		text := report.Analysis{Report: r}.String()
		if !strings.HasPrefix(text, r.Verdict.Headline) || strings.Contains(text, "NaN") && !bytes.Contains(content, []byte("NaN")) {
			t.Errorf("it says\n%s", text)
		}
	})
}

// TestErrors checks that each error is found, with its line.
func TestErrors(t *testing.T) {
	const header = "alternative,participants,conversions\n"
	for content, want := range map[string]string{
		"":                                                                "the file has no counts: add a line per alternative",
		header:                                                            "the file has no counts: add a line per alternative",
		"A,10000,500\nB,10000,700\n":                                      "line 1: there is no column alternative (or variant, variation, arm, group, name): the first line must name the columns, at least alternative, participants and conversions",
		"alternative,participants\nA,5\n":                                 "line 1: there is no column conversions (or converted, completedcount, conversion, successes): the first line must name the columns, at least alternative, participants and conversions",
		"name,variant,users,converted\n":                                  "line 1: two columns have the alternative: name and variant; leave one out",
		header + "A,10000,500\n":                                          "there is only A: an analysis compares two or more alternatives, control first",
		header + "A,10000,500\nB,x,700\n":                                 `line 3: participants: "x" must be a whole number such as 10000`,
		header + "A,10000,500\nB,10,7.5\n":                                `line 3: conversions: "7.5" must be a whole number such as 10000`,
		header + "A,10000,500\nB,-1,7\n":                                  `line 3: participants: "-1" must not be negative`,
		header + "A,10000,500\nB,10000\n":                                 `line 3: conversions: "" must be a whole number such as 10000`,
		header + "A,10000,500\n,10000,700\n":                              "line 3: the alternative is empty",
		header + "A,10000,500\n\"B,1,1\n":                                 `parse error on line 3, column 8: extraneous or missing " in quoted-field`,
		"date," + header + "2024-02-30,A,1,1\n":                           `line 2: the day "2024-02-30" must look like 2026-05-31`,
		"weight," + header + "1,A,1,1\n2,A,1,1\n":                         "line 3: the weight of A is 2 here and 1 above: analyze the days before and after a change separately",
		"weight," + header + "1,A,1,1\n,B,1,1\n":                          "1 of 2 alternatives have a weight: give all of them a weight, or none",
		"weight," + header + "0,A,1,1\n":                                  "line 2: a weight must be above 0",
		"sum," + header + "1,A,1,1\n":                                     "line 1: values need the columns sum and squares: the sum of the participants' values, and the sum of their squares",
		"sum,squares," + header + "x,1,A,1,1\n":                           `line 2: sum: "x" must be a number such as 1234.5`,
		"sum,squares," + header + "10,1,A,1,1\n":                          "line 2: 1 values with the sum 10 cannot have the sum of squares 1: check both columns",
		strings.ReplaceAll(sixpackExport, "2013-02-28,one,2.0,0\r\n", ""): "line 22: one has 6 participants here and 4 above: part of the file is missing, export it again",
	} {
		if _, err := countsfile.Read(strings.NewReader(content)); err == nil || err.Error() != want {
			t.Errorf("%q: %v\nwant %s", content, err, want)
		}
	}
}
