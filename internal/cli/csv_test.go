package cli

import (
	"os"
	"strings"
	"testing"
)

// TestCSV reads counts from a file.
func TestCSV(t *testing.T) {
	path := writeFile(t, "counts.csv", "alternative,participants,conversions\nA,10000,500\nB,10000,700\n")
	if got := mustCall(t, "analyze", "--csv", path); got != better {
		t.Errorf("it says\n%s\nwant\n%s", got, better)
	}
}

func TestCSVFromStandardInput(t *testing.T) {
	path := writeFile(t, "counts.csv", "alternative,participants,conversions,rate\nA,10000,500,5\nB,10000,700,7\n")
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	was := os.Stdin
	os.Stdin = file
	defer func() { os.Stdin = was }()
	stdout, stderr, err := call(t, nil, "analyze", "--csv=-")
	if err != nil || stdout != better || stderr != "standard input: ignored columns: rate\n" {
		t.Errorf("%v\n%s\n%s", err, stderr, stdout)
	}
}

func TestCSVWithValues(t *testing.T) {
	const lines = "alternative,participants,conversions,sum,squares,nonzero\nA,10000,500,10000.00,212500,500\nB,10000,500,15000,462500,500\n"
	text := mustCall(t, "analyze", "--csv", writeFile(t, "values.csv", lines))
	if !strings.Contains(text, "\nB            500 of 10,000  15,000.00  1.50 (1.37 to 1.63)  +19% to +92% (+50%)") {
		t.Errorf("it says\n%s", text)
	}
}
