package docs_test

import (
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// document is a Markdown text whose numbers are checked: each number must be one
// that a test computes, that a command prints, or that is listed with its origin.
type document struct {
	t     *testing.T
	text  string          // in one line, without commands and link targets
	known map[string]bool // numbers
}

var (
	console = regexp.MustCompile("(?ms)^```console\n.*?\n```\n") // run by the tests of the command
	fences  = regexp.MustCompile("(?ms)^ *```.*?\n *```$")
	markup  = regexp.MustCompile(`(?m)^> ?|^\d+\. |\]\([^)]*\)`)
	number  = regexp.MustCompile(`[+−]?\d+(?:[,.]\d+)*(?: ?%)?`)
)

func open(t *testing.T, name string) document {
	t.Helper()
	text := read(t, name)
	d := document{t, fold(markup.ReplaceAllString(console.ReplaceAllString(text, ""), "")), make(map[string]bool)}
	for _, block := range console.FindAllString(text, -1) {
		for _, n := range numbers(block) {
			d.known[n] = true
		}
	}
	return d
}

// read returns the text of a document.
func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// fold replaces all white space by single spaces.
func fold(text string) string { return strings.Join(strings.Fields(text), " ") }

// numbers returns the numbers in a text, as they are written.
func numbers(text string) []string {
	all := number.FindAllString(text, -1)
	for i, n := range all {
		all[i] = strings.ReplaceAll(n, " ", "")
	}
	return all
}

// saysf requires a passage, and accepts its numbers in the whole document.
func (d document) saysf(format string, values ...any) {
	d.t.Helper()
	passage := fold(fmt.Sprintf(format, values...))
	if !strings.Contains(d.text, passage) {
		d.t.Errorf("the document does not say:\n%s", passage)
	}
	for _, n := range numbers(passage) {
		d.known[n] = true
	}
}

// has requires the numbers in values, and accepts them in the whole document.
func (d document) has(values ...string) {
	d.t.Helper()
	present := make(map[string]bool)
	for _, n := range numbers(d.text) {
		present[n] = true
	}
	for _, n := range numbers(strings.Join(values, "; ")) {
		if d.known[n] = true; !present[n] {
			d.t.Errorf("the document does not contain the number %s", n)
		}
	}
}

// check reports numbers that are not known.
func (d document) check() {
	d.t.Helper()
	const around = 50
	for _, at := range number.FindAllStringIndex(d.text, -1) {
		if n := d.text[at[0]:at[1]]; !d.known[strings.ReplaceAll(n, " ", "")] {
			d.t.Errorf("unknown origin: %s «%s» %s", d.text[max(0, at[0]-around):at[0]], n, d.text[at[1]:min(len(d.text), at[1]+around)])
		}
	}
}

// anchors returns the anchors that GitHub makes for the headings of a text.
func anchors(text string) map[string]bool {
	all := make(map[string]bool)
	for _, heading := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(fences.ReplaceAllString(text, ""), -1) {
		plain := regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(strings.ToLower(heading[1]), "")
		all[strings.ReplaceAll(plain, " ", "-")] = true
	}
	return all
}

// TestLinks follows the links in all documents that lead into the repository.
func TestLinks(t *testing.T) {
	here, err := filepath.Glob("*.md")
	if err != nil {
		t.Fatal(err)
	}
	above, err := filepath.Glob("../*.md")
	if err != nil {
		t.Fatal(err)
	}
	followed := 0
	for _, name := range append(here, above...) {
		for _, link := range regexp.MustCompile(`\]\(([^)]*)\)`).FindAllStringSubmatch(read(t, name), -1) {
			if strings.Contains(link[1], "://") {
				continue
			}
			followed++
			target, anchor, within := strings.Cut(link[1], "#")
			file := name
			if target != "" {
				file = filepath.Join(filepath.Dir(name), target)
			}
			if _, err := os.Stat(file); err != nil {
				t.Errorf("%s: %v", name, err)
			} else if within && !anchors(read(t, file))[anchor] {
				t.Errorf("%s: there is no heading for %s", name, link[1])
			}
		}
	}
	if followed == 0 {
		t.Error("there are no links: this test sees nothing")
	}
}

// TestLabels looks for each label of the dashboard that a guide quotes, such as "More",
// in the dashboard's templates and code.
func TestLabels(t *testing.T) {
	var pages strings.Builder
	for _, pattern := range []string{"../dashboard/templates/*.html", "../dashboard/*.go"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range files {
			pages.WriteString(read(t, name))
		}
	}
	found := 0
	for _, guide := range []string{"rollout.md", "bandits.md", "dashboard.md", "operations.md", "quickstart.md", "faq.md"} {
		for _, label := range regexp.MustCompile(`"([A-Z][^"\n]*)"`).FindAllStringSubmatch(fences.ReplaceAllString(read(t, guide), ""), -1) {
			found++
			if !strings.Contains(pages.String(), ">"+label[1]+"<") && !strings.Contains(pages.String(), `"`+label[1]+`"`) {
				t.Errorf("%s: the dashboard has no %s", guide, label[0])
			}
		}
	}
	if found == 0 {
		t.Error("there are no labels: this test sees nothing")
	}
}

// TestArchitecture looks for each package, except for parts of other packages, in the
// drawing of architecture.md.
func TestArchitecture(t *testing.T) {
	_, drawing, _ := strings.Cut(read(t, "architecture.md"), "```text\n")
	drawing, _, _ = strings.Cut(drawing, "```\n")
	list := exec.CommandContext(t.Context(), "go", "list", "-f", "{{.ImportPath}}", "./...")
	list.Dir = ".."
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	for name := range strings.FieldsSeq(string(out)) {
		name = strings.TrimPrefix(name, "github.com/sixpack-go/sixpack")
		switch parent, base := path.Split(name); {
		case parent == "/examples/":
			name = base
		case parent != "/internal/" && strings.HasSuffix(parent, "/internal/"):
			continue // a part of the package above
		}
		if !regexp.MustCompile(`(?m)(^|[ ─])` + strings.TrimPrefix(name, "/") + `([ ,:]|$)`).MatchString(drawing) {
			t.Errorf("architecture.md does not name the package %s", name)
		}
	}
}
