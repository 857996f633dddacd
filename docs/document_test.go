package docs_test

import (
	"cmp"
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
	text := content(t, name)
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
	for _, name := range []string{"statistics.md", "bandits.md", "rollout.md"} {
		links := regexp.MustCompile(`\]\(([^)]*)\)`).FindAllStringSubmatch(content(t, name), -1)
		if len(links) == 0 {
			t.Fatalf("there are no links in %s: this test sees nothing", name)
		}
		for _, link := range links {
			path, anchor, within := strings.Cut(link[1], "#")
			if path = cmp.Or(path, name); !within {
				if _, err := os.Stat(path); err != nil {
					t.Error(err)
				}
			} else if !anchors(content(t, path))[anchor] {
				t.Errorf("%s: there is no heading for %s", name, link[1])
			}
		}
	}
}

// content returns a document as it is.
func content(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// TestPlainWords has those of Sixpack's labels only where they are explained.
func TestPlainWords(t *testing.T) {
	before, rest, _ := strings.Cut(content(t, "statistics.md"), "## Sixpack's old labels\n")
	_, after, found := strings.Cut(rest, "\n# ")
	if !found {
		t.Fatal("there is no section about Sixpack's old labels")
	}
	for _, word := range []string{"significan", "confiden"} {
		if strings.Contains(strings.ToLower(before+after+content(t, "bandits.md")+content(t, "rollout.md")), word) {
			t.Errorf("%q is a word that people take for more than it says", word)
		}
	}
}
