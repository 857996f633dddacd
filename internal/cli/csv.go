package cli

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

// columns are those that are read, by their first name, with their other ones.
var columns = map[string][]string{
	"alternative":  {"alternative", "variant", "variation", "arm", "group", "name"},
	"participants": {"participants", "participantcount", "visitors", "users", "clients", "people", "trials"},
	"conversions":  {"conversions", "converted", "completedcount", "conversion", "successes"},
	"day":          {"day", "date"},
	"weight":       {"weight", "weights", "share"},
	"sum":          {"sum", "total", "revenue"},
	"squares":      {"squares", "sumofsquares", "sumsq", "sumsquares"},
	"nonzero":      {"nonzero"},
}

// Titles of the parts of what Sixpack's dashboard exports.
const (
	detailsTitle = "Alternative Details"
	summaryTitle = "Alternative Summary"
)

var nameTitle = regexp.MustCompile(`^"(.*)" Summary$`)

// table reads counts from CSV.
type table struct {
	counted

	lines   *csv.Reader
	columns map[string]int
	ignored []string // columns
	shown   string   // the name of the file
	latest  store.Day
}

// readFile reads counts from a CSV file, "-" for in.
func readFile(path string, in io.Reader) (*table, error) {
	t := &table{shown: path}
	if path == "-" {
		t.shown = "standard input"
		err := t.read(in)
		return t, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	err = t.read(file)
	return t, err
}

// read reads counts.
func (t *table) read(from io.Reader) error {
	buffered := bufio.NewReader(from)
	const enough = 1024
	start, _ := buffered.Peek(enough) // what fails, fails again
	if mark := []byte("\ufeff"); bytes.HasPrefix(start, mark) {
		_, _ = buffered.Discard(len(mark))
		start = start[len(mark):]
	}
	t.lines = csv.NewReader(buffered)
	t.lines.FieldsPerRecord = -1
	t.lines.TrimLeadingSpace = true
	t.lines.Comma = delimiter(start)
	err := t.sections()
	if err == nil {
		err = t.finish()
	}
	if err != nil {
		return fmt.Errorf("%s: %w", t.shown, err)
	}
	return nil
}

// delimiter returns what the fields of the first lines are separated by.
func delimiter(start []byte) rune {
	for line := range bytes.Lines(start) {
		for _, c := range ",;\t" {
			if bytes.ContainsRune(line, c) {
				return c
			}
		}
	}
	return ','
}

// sections reads the table, and of an export of Sixpack's dashboard, which has
// several below their titles, the first, the name and the totals.
func (t *table) sections() error {
	title := ""
	for header := false; ; {
		line, err := t.lines.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case len(line) == 1 && t.isTitle(line[0]):
			title, header = line[0], false
			if m := nameTitle.FindStringSubmatch(title); m != nil {
				t.experiment = m[1]
			}
			continue
		case !header:
			header = true
			err = t.header(title, line)
		case title == "" || title == detailsTitle:
			err = t.row(line)
		case title == summaryTitle:
			err = t.compare(line)
		}
		if err != nil {
			number, _ := t.lines.FieldPos(0)
			return fmt.Errorf("line %d: %w", number, err)
		}
	}
}

func (t *table) isTitle(s string) bool {
	return s == detailsTitle || s == summaryTitle || nameTitle.MatchString(s)
}

// header finds the columns.
func (t *table) header(title string, line []string) error {
	if nameTitle.MatchString(title) {
		return nil
	}
	t.columns = make(map[string]int)
	for i, name := range line {
		column := columnOf(name)
		if _, twice := t.columns[column]; twice {
			return fmt.Errorf("two columns tell of %s: %s and %s; leave one out", column, line[t.columns[column]], name)
		}
		if column == "" {
			t.ignored = append(t.ignored, name)
			continue
		}
		t.columns[column] = i
	}
	for _, column := range []string{"alternative", "participants", "conversions"} {
		if !t.has(column) {
			return fmt.Errorf("there is no column %s (or %s): the first line names the columns, at least alternative, participants and conversions",
				column, strings.Join(columns[column][1:], ", "))
		}
	}
	if t.has("sum") != t.has("squares") {
		return errors.New("values need both columns, sum and squares: the sum of the participants' values, and that of the squares of these")
	}
	return nil
}

// columnOf returns what a column tells of, "" for nothing that is read.
func columnOf(name string) string {
	plain := strings.NewReplacer(" ", "", "_", "", "-", "").Replace(strings.ToLower(strings.TrimSpace(name)))
	for column, names := range columns {
		if slices.Contains(names, plain) {
			return column
		}
	}
	return ""
}

func (t *table) has(column string) bool {
	_, ok := t.columns[column]
	return ok
}

// field returns what a line has in a column, "" if nothing.
func (t *table) field(line []string, column string) string {
	if i, ok := t.columns[column]; ok && i < len(line) {
		return strings.TrimSpace(line[i])
	}
	return ""
}

// row adds a line.
func (t *table) row(line []string) error {
	name := t.field(line, "alternative")
	if name == "" {
		return errors.New("it names no alternative")
	}
	a := t.arm(name)
	day, err := t.day(line)
	if err != nil {
		return err
	}
	n, err := t.count(line, "participants")
	if err != nil {
		return err
	}
	a.participants[day] += n
	if n, err = t.count(line, "conversions"); err != nil {
		return err
	}
	a.converted[day] += n
	if err := t.weight(line, a); err != nil {
		return err
	}
	return t.values(line, a, n)
}

// arm returns that of a name.
func (t *table) arm(name string) *arm {
	i := slices.IndexFunc(t.arms, func(a arm) bool { return a.name == name })
	if i < 0 {
		i = len(t.arms)
		t.arms = append(t.arms, newArm(name))
	}
	return &t.arms[i]
}

func (t *table) day(line []string) (store.Day, error) {
	if !t.has("day") {
		return noDay, nil
	}
	text := t.field(line, "day")
	at, err := time.Parse(time.DateOnly, text)
	if err != nil || at.Year() < 1971 {
		return noDay, fmt.Errorf("the day %q is not one such as 2026-05-31", text)
	}
	day := store.DayOf(at)
	t.latest = max(t.latest, day)
	return day, nil
}

func (t *table) count(line []string, column string) (int64, error) {
	n, err := parseCount(t.field(line, column))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", column, err)
	}
	return n, nil
}

func (t *table) number(line []string, column string) (float64, error) {
	text := t.field(line, column)
	x, err := strconv.ParseFloat(text, 64)
	if err != nil || !(math.Abs(x) <= mostCounted*mostCounted) {
		return 0, fmt.Errorf("%s: %q is not a number such as 1234.5", column, text)
	}
	return x, nil
}

func (t *table) weight(line []string, a *arm) error {
	if t.field(line, "weight") == "" {
		return nil
	}
	w, err := t.number(line, "weight")
	switch {
	case err != nil:
		return err
	case !(w > 0):
		return errors.New("a weight must be above 0")
	case a.weight != 0 && a.weight != w:
		return fmt.Errorf("the weight of %s is %v here and %v above: of changed shares, each stretch must be analysed by itself", a.name, w, a.weight)
	}
	a.weight = w
	return nil
}

// values adds those of a line. Unless it says otherwise, all that converted have
// one.
func (t *table) values(line []string, a *arm, converted int64) error {
	if !t.has("sum") {
		return nil
	}
	sum, err := t.number(line, "sum")
	if err != nil {
		return err
	}
	squares, err := t.number(line, "squares")
	if err != nil {
		return err
	}
	nonZero := converted
	if t.has("nonzero") {
		if nonZero, err = t.count(line, "nonzero"); err != nil {
			return err
		}
	}
	if nearly := 1 + 1e-9; squares < 0 || float64(nonZero)*squares*nearly < sum*sum {
		return fmt.Errorf("values of %d participants with the sum %v cannot have the squares %v", nonZero, sum, squares)
	}
	a.sum, a.squares, a.nonZero = a.sum+sum, a.squares+squares, a.nonZero+nonZero
	return nil
}

// compare compares a total with what was read.
func (t *table) compare(line []string) error {
	name := t.field(line, "alternative")
	a := t.arm(name) // nobody may have got it
	for column, got := range map[string]int64{"participants": total(a.participants), "conversions": total(a.converted)} {
		want, err := t.count(line, column)
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("%s has %d %s here and %d above: a part of the file is missing", name, want, column, got)
		}
	}
	return nil
}

// finish checks the whole, and finds what day it is: if the last that was counted
// is over, that is when this was known.
func (t *table) finish() error {
	if len(t.arms) == 0 {
		return errors.New("there are no counts in it")
	}
	said := 0
	for _, a := range t.arms {
		if a.weight != 0 {
			said++
		}
		if a.nonZero > total(a.participants) {
			return fmt.Errorf("%s has %d participants and values of %d", a.name, total(a.participants), a.nonZero)
		}
	}
	if said != 0 && said != len(t.arms) {
		return fmt.Errorf("%d of %d alternatives have a weight: give all of them one, or none", said, len(t.arms))
	}
	t.now = time.Now().UTC()
	if t.latest != noDay && t.latest != store.DayOf(t.now) {
		t.now = (t.latest + 1).Time()
	}
	return t.check()
}
