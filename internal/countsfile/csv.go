package countsfile

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sixpack-go/sixpack/store"
)

// columns lists the names that a column may have, by its first one. Case, spaces,
// "_" and "-" do not matter.
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

// Titles of the sections of an export of Sixpack's dashboard.
const (
	detailsTitle = "Alternative Details"
	summaryTitle = "Alternative Summary"
)

var nameTitle = regexp.MustCompile(`^"(.*)" Summary$`)

// A parser reads counts from CSV.
type parser struct {
	Counts

	lines   *csv.Reader
	columns map[string]int
	latest  store.Day
}

// ReadFile reads counts from a CSV file, as [Read] does, or from standard input if the path
// is "-".
func ReadFile(path string) (c Counts, err error) {
	source, r := "standard input", io.Reader(os.Stdin)
	if path != "-" {
		file, err := os.Open(path)
		if err != nil {
			return c, err
		}
		defer file.Close()
		source, r = path, file
	}
	if c, err = Read(r); err != nil {
		return c, fmt.Errorf("%s: %w", source, err)
	}
	c.Source = source
	return c, nil
}

// Read reads counts from CSV, separated by commas, semicolons or tabs. The first
// line names the columns: alternative, participants and conversions are required;
// day, weight, sum, squares and nonzero are optional. Lines of one alternative are
// added up. An export of Sixpack's dashboard is read as well, and its totals are
// compared with the sums. Errors about a line begin with its number.
func Read(r io.Reader) (Counts, error) {
	buffered := bufio.NewReader(r)
	const enough = 1024
	start, _ := buffered.Peek(enough) // an error comes again when the lines are read
	if mark := []byte("\ufeff"); bytes.HasPrefix(start, mark) {
		_, _ = buffered.Discard(len(mark)) // they are in the buffer
		start = start[len(mark):]
	}
	p := &parser{lines: csv.NewReader(buffered)}
	p.lines.FieldsPerRecord = -1
	p.lines.TrimLeadingSpace = true
	p.lines.Comma = delimiter(start)
	err := p.sections()
	if err == nil {
		err = p.finish()
	}
	return p.Counts, err
}

// delimiter returns the character that separates the fields of the first lines.
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

// sections reads the table. Of an export of Sixpack's dashboard, which has several
// sections below their titles, it reads the details, the name and the totals.
func (p *parser) sections() error {
	title := ""
	for header := false; ; {
		line, err := p.lines.Read()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case len(line) == 1 && isTitle(line[0]):
			title, header = line[0], false
			if m := nameTitle.FindStringSubmatch(title); m != nil {
				p.experiment = m[1]
			}
			continue
		case !header:
			header = true
			err = p.header(title, line)
		case title == "" || title == detailsTitle:
			err = p.row(line)
		case title == summaryTitle:
			err = p.checkTotal(line)
		}
		if err != nil {
			number, _ := p.lines.FieldPos(0)
			return fmt.Errorf("line %d: %w", number, err)
		}
	}
}

func isTitle(s string) bool {
	return s == detailsTitle || s == summaryTitle || nameTitle.MatchString(s)
}

// header finds the columns.
func (p *parser) header(title string, line []string) error {
	if nameTitle.MatchString(title) {
		return nil
	}
	p.columns = make(map[string]int)
	for i, name := range line {
		column := columnOf(name)
		if _, twice := p.columns[column]; twice {
			return fmt.Errorf("two columns have the %s: %s and %s; leave one out", column, line[p.columns[column]], name)
		}
		if column == "" {
			p.Ignored = append(p.Ignored, name)
			continue
		}
		p.columns[column] = i
	}
	for _, column := range []string{"alternative", "participants", "conversions"} {
		if !p.has(column) {
			return fmt.Errorf("there is no column %s (or %s): the first line must name the columns, at least alternative, participants and conversions",
				column, strings.Join(columns[column][1:], ", "))
		}
	}
	if p.has("sum") != p.has("squares") {
		return errors.New("values need the columns sum and squares: the sum of the participants' values, and the sum of their squares")
	}
	return nil
}

// columnOf returns the first name of a column, empty if the column is not read.
func columnOf(name string) string {
	plain := strings.NewReplacer(" ", "", "_", "", "-", "").Replace(strings.ToLower(strings.TrimSpace(name)))
	for column, names := range columns {
		if slices.Contains(names, plain) {
			return column
		}
	}
	return ""
}

func (p *parser) has(column string) bool {
	_, ok := p.columns[column]
	return ok
}

// field returns the text that a line has in a column, empty if none.
func (p *parser) field(line []string, column string) string {
	if i, ok := p.columns[column]; ok && i < len(line) {
		return strings.TrimSpace(line[i])
	}
	return ""
}

// row adds a line to the counts of its alternative.
func (p *parser) row(line []string) error {
	name := p.field(line, "alternative")
	if name == "" {
		return errors.New("the alternative is empty")
	}
	a := p.arm(name)
	day, err := p.day(line)
	if err != nil {
		return err
	}
	participants, err := p.count(line, "participants")
	if err != nil {
		return err
	}
	converted, err := p.count(line, "conversions")
	if err != nil {
		return err
	}
	a.add(day, participants, converted)
	if err := p.weight(line, a); err != nil {
		return err
	}
	return p.values(line, a, converted)
}

// arm returns the arm of an alternative, and adds it if there is none.
func (p *parser) arm(name string) *arm {
	i := slices.IndexFunc(p.arms, func(a arm) bool { return a.name == name })
	if i < 0 {
		i = len(p.arms)
		p.arms = append(p.arms, newArm(name))
	}
	return &p.arms[i]
}

func (p *parser) day(line []string) (store.Day, error) {
	if !p.has("day") {
		return noDay, nil
	}
	text := p.field(line, "day")
	at, err := time.Parse(time.DateOnly, text)
	if err != nil || at.Year() < 1971 {
		return noDay, fmt.Errorf("the day %q must look like 2026-05-31", text)
	}
	day := store.DayOf(at)
	p.latest = max(p.latest, day)
	return day, nil
}

func (p *parser) count(line []string, column string) (int64, error) {
	n, err := parseCount(p.field(line, column))
	if err != nil {
		return 0, fmt.Errorf("%s: %w", column, err)
	}
	return n, nil
}

func (p *parser) number(line []string, column string) (float64, error) {
	x, _, err := p.exact(line, column)
	return x, err
}

// exact returns the number that a line has in a column, also in full: sums may have more digits than a float64.
func (p *parser) exact(line []string, column string) (x float64, full *big.Rat, err error) {
	text := p.field(line, column)
	x, err = strconv.ParseFloat(text, 64)
	full, ok := new(big.Rat), true
	if math.Abs(x) >= smallest { // an exponent far below would take long
		full, ok = full.SetString(text)
	}
	if err != nil || !ok || !(math.Abs(x) <= maxSum) {
		return 0, nil, fmt.Errorf("%s: %q must be a number such as 1234.5", column, text)
	}
	return x, full, nil
}

// smallest is the smallest number that counts. Squares are kept in millionths of millionths.
const smallest = 1e-13

// maxSum limits sums and sums of squares. The squares of 1e15 values of 1e12 are within it.
const maxSum = 1e39

func (p *parser) weight(line []string, a *arm) error {
	if p.field(line, "weight") == "" {
		return nil
	}
	w, err := p.number(line, "weight")
	switch {
	case err != nil:
		return err
	case !(w > 0):
		return errors.New("a weight must be above 0")
	case a.weight != 0 && a.weight != w:
		return fmt.Errorf("the weight of %s is %v here and %v above: analyze the days before and after a change separately", a.name, w, a.weight)
	}
	a.weight = w
	return nil
}

// values adds the values of a line. Without a column nonzero, every participant
// that converted has a value.
func (p *parser) values(line []string, a *arm, converted int64) error {
	if !p.has("sum") {
		return nil
	}
	sum, exactSum, err := p.exact(line, "sum")
	if err != nil {
		return err
	}
	squares, exactSquares, err := p.exact(line, "squares")
	if err != nil {
		return err
	}
	nonZero := converted
	if p.has("nonzero") {
		if nonZero, err = p.count(line, "nonzero"); err != nil {
			return err
		}
	}
	if nearly := 1 + 1e-9; squares < 0 || float64(nonZero)*squares*nearly < sum*sum {
		return fmt.Errorf("%d values with the sum %v cannot have the sum of squares %v: check both columns", nonZero, sum, squares)
	}
	const million = 1e6
	a.KPIs[0].AddCohort(store.CohortConversions{
		Epoch: epoch, Day: store.UnknownDay,
		Sums: store.Sums{NonZero: nonZero, Sum: scaled(exactSum, million), Squares: scaled(exactSquares, million*million)},
	})
	return nil
}

// scaled returns x times a scale, rounded to a whole number.
func scaled(x *big.Rat, scale int64) *big.Int {
	x = new(big.Rat).Mul(x, big.NewRat(scale, 1))
	twice := new(big.Int).Lsh(x.Num(), 1)
	twice.Add(twice, x.Denom())
	return twice.Div(twice, new(big.Int).Lsh(x.Denom(), 1)) // floor of x + ½
}

// checkTotal compares a line of totals with the sums of the details.
func (p *parser) checkTotal(line []string) error {
	name := p.field(line, "alternative")
	a := p.arm(name) // an alternative without participants has no details
	for column, got := range map[string]int64{"participants": a.Participants(), "conversions": a.KPIs[0].Converted()} {
		want, err := p.count(line, column)
		if err != nil {
			return err
		}
		if got != want {
			return fmt.Errorf("%s has %d %s here and %d above: part of the file is missing, export it again", name, want, column, got)
		}
	}
	return nil
}

// finish checks the whole file and sets Now: the end of the last day in the file,
// unless the file has no days or that day is today.
func (p *parser) finish() error {
	if len(p.arms) == 0 {
		return errors.New("the file has no counts: add a line per alternative")
	}
	weighted := 0
	for _, a := range p.arms {
		if a.weight != 0 {
			weighted++
		}
		if n := a.KPIs[0].Totals().NonZero; n > a.Participants() {
			return fmt.Errorf("%s has %d participants but %d values: check the columns conversions and nonzero", a.name, a.Participants(), n)
		}
	}
	if weighted != 0 && weighted != len(p.arms) {
		return fmt.Errorf("%d of %d alternatives have a weight: give all of them a weight, or none", weighted, len(p.arms))
	}
	p.Now = time.Now().UTC()
	if p.latest != noDay && p.latest != store.DayOf(p.Now) {
		p.Now = (p.latest + 1).Time()
	}
	return p.checkNames()
}
