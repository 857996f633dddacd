package browser_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strconv"
	"time"

	"golang.org/x/sync/errgroup"
)

// arm is an alternative with its numbers of participants.
type arm struct {
	name                    string
	participants, converted int
}

// crowd is an experiment with the visitors of some days.
type crowd struct {
	experiment string
	arms       []arm
	days       int
	kpis       []string // KPIs of the conversions; none: the default KPI
	price      float64  // average value of a conversion; 0: none
}

// crowds are experiments in addition to the sample data of "sixpack seed": one per
// verdict, and extreme cases for pages.
var crowds = []crowd{
	{experiment: "newsletter-box", arms: []arm{{"below the text", 1600, 160}, {"beside the text", 1605, 254}}, days: 14},
	{experiment: "one-click", arms: []arm{{"off", 700, 210}, {"on", 705, 120}}, days: 10},
	{experiment: "logo-colour", arms: []arm{{"blue", 1500, 750}, {"green", 1505, 752}}, days: 20},
	{experiment: "planned-size", arms: []arm{{"short", 300, 60}, {"long", 301, 66}}, days: 5},
	{experiment: "lost-half", arms: []arm{{"old", 900, 90}, {"new", 500, 60}}, days: 9},
	{experiment: "nobody-yet", arms: []arm{{"yes", 0, 0}, {"no", 1, 0}}, days: 1},
	{experiment: "basket", arms: []arm{{"list", 400, 60}, {"grid", 402, 75}}, days: 7, kpis: []string{"purchase"}, price: 31.4},
	{
		experiment: "many-kpis", days: 6,
		arms: []arm{{"control", 200, 30}, {"variant", 201, 40}},
		kpis: []string{"click", "open", "share", "signup", "subscribe", "upgrade", "renew", "a-kpi-with-a-rather-long-name-that-has-to-fit"},
	},
	{
		experiment: "An experiment with a name that is far too long for-most-windows-and-without-any-space-to-break-it-in-its-end",
		arms:       []arm{{"the first alternative which has a long name as well", 80, 8}, {"two", 81, 9}, {"three", 80, 7}, {"four", 82, 11}, {"five", 80, 9}, {"six", 81, 8}, {"seven", 80, 9}},
		days:       30,
	},
	{experiment: "weights-changed", arms: []arm{{"slow", 300, 30}, {"fast", 301, 45}}, days: 6},
	{experiment: "slow-start", arms: []arm{{"old", 400, 40}, {"new", 401, 46}}, days: 8, kpis: []string{"purchase", "error"}},
	{experiment: "false-start", arms: []arm{{"old", 100, 10}, {"new", 101, 12}}, days: 4},
	{experiment: "pause-me", arms: []arm{{"x", 50, 5}, {"y", 50, 6}}, days: 3},
	{experiment: "keep-for-later", arms: []arm{{"x", 60, 5}, {"y", 60, 6}}, days: 3},
}

// callers is the number of concurrent visitors.
const callers = 32

// visit sends the requests of a crowd's visitors.
func (s *server) visit(c crowd) error {
	var group errgroup.Group
	group.SetLimit(callers)
	now := time.Now().UTC()
	for _, a := range c.arms {
		for i := range a.participants {
			group.Go(func() error {
				client, err := s.drawn(c, a, fmt.Sprintf("%s %d of %d", a.name, i, a.participants))
				if err != nil {
					return err
				}
				return s.come(c, a, i, client, now.AddDate(0, 0, -(i%c.days)))
			})
		}
	}
	return group.Wait()
}

// alternatives returns the names of the alternatives.
func (c crowd) alternatives() (names []string) {
	for _, a := range c.arms {
		names = append(names, a.name)
	}
	return names
}

// goals returns the KPIs of the conversions.
func (c crowd) goals() []string {
	if len(c.kpis) == 0 {
		return []string{""}
	}
	return c.kpis
}

// drawn returns a client who gets an alternative by the draw.
func (s *server) drawn(c crowd, a arm, like string) (client string, err error) {
	for try := 0; ; try++ {
		var got facts
		client = fmt.Sprintf("%s, %d", like, try)
		err = s.ask("/participate", url.Values{
			"experiment": {c.experiment}, "alternatives": c.alternatives(), "client_id": {client}, "prefetch": {"true"},
		}, &got)
		if err != nil || got.Alternative.Name == a.name {
			return client, err
		}
	}
}

// come sends the requests of one visitor, some of whom convert.
func (s *server) come(c crowd, a arm, i int, client string, day time.Time) error {
	q := url.Values{"experiment": {c.experiment}, "client_id": {client}, "datetime": {day.Format(time.DateOnly)}}
	asks := url.Values{"alternatives": c.alternatives()}
	maps.Copy(asks, q)
	if err := s.ask("/participate", asks, nil); err != nil {
		return err
	}
	if i*a.converted%a.participants+a.converted < a.participants {
		return nil
	}
	for j, kpi := range c.goals() {
		if j > 0 && (i+j)%3 == 0 {
			continue // not every visitor reaches every goal
		}
		q.Set("kpi", kpi)
		if c.price > 0 {
			q.Set("value", strconv.FormatFloat(c.price*(0.5+float64(i%7)/6), 'f', 2, 64))
		}
		if err := s.ask("/convert", q, nil); err != nil {
			return err
		}
	}
	return nil
}

// populate creates the crowds, and carries out operations of an operator on some
// experiments.
func (s *server) populate() error {
	var group errgroup.Group
	for _, c := range crowds {
		group.Go(func() error { return s.visit(c) })
	}
	if err := group.Wait(); err != nil {
		return err
	}
	jar, err := cookiejar.New(nil)
	if err != nil {
		return err
	}
	client := &http.Client{Jar: jar}
	for _, do := range []struct {
		experiment, action string
		fields             url.Values
	}{
		{"logo-colour", "plan", url.Values{"effect": {"25"}}},
		{"planned-size", "plan", url.Values{"size": {"600"}}},
		{"weights-changed", "override", url.Values{"weight-0": {"1"}, "weight-1": {"3"}}},
		{"newsletter-box", "describe", url.Values{"description": {"Does the box for our newsletter get more readers **beside** the text?"}}},
		{"many-kpis", "describe", url.Values{"description": {"Many goals:\n\n- one that counts\n- others that [explain](https://example.org/why) it\n\n`code` and a table of nothing"}}},
		{"slow-start", "ramp", url.Values{"steps": {"1, 5, 10, 25, 50, 100"}, "hold": {"24"}, "kpi-purchase": {"fall"}, "kpi-error": {"rise"}}},
		{"false-start", "ramp", url.Values{"steps": {"10, 100"}, "hold": {"24"}}},
		{"false-start", "stop-ramp", nil},
		{"pause-me", "pause", nil},
		{"keep-for-later", "archive", nil},
	} {
		if err := s.act(client, do.experiment, do.action, do.fields); err != nil {
			return err
		}
	}
	if err := s.visit(crowd{experiment: "weights-changed", arms: []arm{{"slow", 110, 11}, {"fast", 332, 50}}, days: 1}); err != nil {
		return err
	}
	return s.act(client, "weights-changed", "override", url.Values{"weight-0": {"1"}, "weight-1": {"3"}, "traffic": {"60"}})
}

var formToken = regexp.MustCompile(`name="_csrf_token" value="([^"]*)"`)

// act submits the form of an operation.
func (s *server) act(client *http.Client, experiment, action string, fields url.Values) error {
	path := s.web + "/experiments/" + url.PathEscape(experiment) + "/do/" + action
	page, err := client.Get(path)
	if err != nil {
		return err
	}
	defer page.Body.Close()
	content, err := readAll(page)
	if err != nil {
		return err
	}
	token := formToken.FindStringSubmatch(content)
	if token == nil {
		return fmt.Errorf("%s has no form:\n%s", path, content)
	}
	form := url.Values{"_csrf_token": {token[1]}}
	maps.Copy(form, fields)
	done, err := client.PostForm(path, form)
	if err != nil {
		return err
	}
	defer done.Body.Close()
	if content, err = readAll(done); err == nil && done.Request.URL.Query().Get("done") != action {
		err = fmt.Errorf("%s: %s\n%s", path, done.Status, content)
	}
	return err
}
