package docs_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// document is a text with its white space made even, of which parts have been
// found to be true.
type document struct {
	text string
	true []bool // of each byte
}

// read reads a document, without the console blocks: those are executed by the
// tests of the command.
func read(t *testing.T, name string) *document {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text := regexp.MustCompile("(?ms)^```console\n.*?^```\n").ReplaceAllString(string(content), "")
	text = regexp.MustCompile(`(?m)^> ?`).ReplaceAllString(text, "") // a quotation may be wrapped
	text = regexp.MustCompile(`(?m)^\d+\. `).ReplaceAllString(text, "") // of a list
	text = even(text)
	return &document{text: text, true: make([]bool, len(text))}
}

func even(text string) string { return strings.Join(strings.Fields(text), " ") }

// holds marks where the document says something, and returns how often it does.
func (d *document) holds(claim string) (times int) {
	claim = even(claim)
	for from := 0; ; times++ {
		i := strings.Index(d.text[from:], claim)
		if i < 0 {
			return times
		}
		for j := range len(claim) {
			d.true[from+i+j] = true
		}
		from += i + len(claim)
	}
}

// unproved returns the numbers that nothing has marked, each with its
// surroundings.
func (d *document) unproved() (all []string) {
	for _, at := range regexp.MustCompile(`\d+([,.]\d+)*`).FindAllStringIndex(d.text, -1) {
		if !d.true[at[0]] || !d.true[at[1]-1] {
			const around = 50
			all = append(all, d.text[max(0, at[0]-around):at[0]]+"«"+d.text[at[0]:at[1]]+"»"+d.text[at[1]:min(len(d.text), at[1]+around)])
		}
	}
	return all
}

// anchors returns those of the headings of a Markdown text, as GitHub makes them.
func anchors(text string) map[string]bool {
	all := make(map[string]bool)
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(text, -1) {
		plain := regexp.MustCompile(`[^\p{L}\p{N} -]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		all[strings.ReplaceAll(plain, " ", "-")] = true
	}
	return all
}

func TestLinks(t *testing.T) {
	content, err := os.ReadFile("statistics.md")
	if err != nil {
		t.Fatal(err)
	}
	there := anchors(string(content))
	links := regexp.MustCompile(`\]\(([^)]*)\)`).FindAllStringSubmatch(string(content), -1)
	if len(links) == 0 {
		t.Fatal("there are no links: this test sees nothing")
	}
	for _, link := range links {
		if anchor, within := strings.CutPrefix(link[1], "#"); within {
			if !there[anchor] {
				t.Errorf("there is no heading for %s", link[1])
			}
		} else if _, err := os.Stat(link[1]); err != nil {
			t.Error(err)
		}
	}
}

// TestPlainWords has those of Sixpack's labels only where they are explained.
func TestPlainWords(t *testing.T) {
	content, err := os.ReadFile("statistics.md")
	if err != nil {
		t.Fatal(err)
	}
	before, rest, _ := strings.Cut(string(content), "## Sixpack's old labels\n")
	_, after, found := strings.Cut(rest, "\n# ")
	if !found {
		t.Fatal("there is no section about Sixpack's old labels")
	}
	for _, word := range []string{"significan", "confiden"} {
		if strings.Contains(strings.ToLower(before+after), word) {
			t.Errorf("%q is a word that people take for more than it says", word)
		}
	}
}
