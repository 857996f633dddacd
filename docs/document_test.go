package docs_test

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// document is a text of which parts have been found to be true.
type document struct {
	text string
	true []bool // of each byte
}

// holds marks where the document says something, and returns how often it does.
func (d document) holds(claim string) (times int) {
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

// What is left out of a document, or looked for.
var (
	console   = regexp.MustCompile("(?ms)^```console\n.*?\n```\n") // the tests of the command execute it
	quotation = regexp.MustCompile(`(?m)^> ?`)                     // may be wrapped
	listed    = regexp.MustCompile(`(?m)^\d+\. `)
	number    = regexp.MustCompile(`\d+([,.]\d+)*`)
)

// read returns a document in one line, without what is executed.
func read(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	text := string(content)
	for _, without := range []*regexp.Regexp{console, quotation, listed} {
		text = without.ReplaceAllString(text, "")
	}
	return even(text)
}

// even makes all white space one space.
func even(text string) string { return strings.Join(strings.Fields(text), " ") }

// about returns a number in its surroundings.
func about(text string, at []int) string {
	const around = 50
	return text[max(0, at[0]-around):at[0]] + "«" + text[at[0]:at[1]] + "»" + text[at[1]:min(len(text), at[1]+around)]
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
