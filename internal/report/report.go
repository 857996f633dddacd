// Package report prints the results of commands: analyses, plans, simulations, transfers, imports and exports, as text with
// tables, as JSON, and as plots. The sentences of an analysis are those of package analysis.
package report

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
)

// JSON writes a value as indented JSON.
func JSON(w io.Writer, value any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	return e.Encode(value)
}

// write writes a text in one call.
func write(w io.Writer, text string) error {
	_, err := io.WriteString(w, text)
	return err
}

// A table aligns cells in columns.
type table struct {
	text  strings.Builder
	cells *tabwriter.Writer
}

func newTable(titles ...any) *table {
	t := new(table)
	t.cells = tabwriter.NewWriter(&t.text, 0, 0, 2, ' ', 0)
	t.row(titles...)
	return t
}

// row adds a row of cells. A cell that contains tabs is several cells.
func (t *table) row(cells ...any) {
	texts := make([]string, len(cells))
	for i, c := range cells {
		texts[i] = fmt.Sprint(c)
	}
	fmt.Fprintln(t.cells, strings.Join(texts, "\t"))
}

// String returns the table, without spaces at the end of lines.
func (t *table) String() string {
	_ = t.cells.Flush() // to a Builder, which never fails
	lines := strings.Split(t.text.String(), "\n")
	for i, l := range lines {
		lines[i] = strings.TrimRight(l, " ")
	}
	return strings.Join(lines, "\n")
}

// width is the length of a line of text, which fits every terminal.
const width = 90

// paragraphs writes the texts that are not empty, each on a new line and wrapped at width.
func paragraphs(b *strings.Builder, texts ...string) {
	for _, text := range texts {
		length := 0
		for word := range strings.SplitSeq(text, " ") {
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
			b.WriteString(strings.ReplaceAll(word, "\u00a0", " ")) // which does not break
			length += n
		}
		if length > 0 {
			b.WriteByte('\n')
		}
	}
}

// list writes lines below a head, and nothing if there are no lines.
func list(b *strings.Builder, head string, lines []string) {
	if len(lines) > 0 {
		fmt.Fprintf(b, "\n%s\n  %s\n", head, strings.Join(lines, "\n  "))
	}
}
