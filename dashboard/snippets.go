package dashboard

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"

	"github.com/sixpack-go/sixpack/store"
)

// snippet is code, in one language, that takes part in an experiment and converts.
type snippet struct {
	ID, Language string
	Install      string // what has to be there first, if anything
	Code         string
}

// call is what snippets say in each language.
type call struct {
	api, experiment, kpi string
	alternatives         []string
}

// snippets returns code for an experiment and a KPI.
func snippets(api string, r store.Record, kpi string) []snippet {
	c := call{api, r.Name, kpi, r.Alternatives}
	return []snippet{
		{"curl", "curl", "", c.curl()},
		{"js", "JavaScript", "npm install sixpack-client", c.javaScript()},
		{"python", "Python", "pip install sixpack-client", c.python()},
		{"ruby", "Ruby", "gem install sixpack-client", c.ruby()},
		{"php", "PHP", "composer require seatgeek/sixpack-php", c.php()},
		{"go", "Go", "go get github.com/subosito/sixpack-go/sixpack", c.golang()},
	}
}

// firstCall returns what a newcomer runs to see a first participation.
func firstCall(api string) string {
	c := call{api: api, experiment: "my-first-test", alternatives: []string{"control", "variant"}}
	return "curl " + shell(c.participate("me"))
}

// participate returns the URL that takes part.
func (c call) participate(client string) string {
	return c.api + "/participate?experiment=" + url.QueryEscape(c.experiment) +
		"&alternatives=" + joined(c.alternatives, url.QueryEscape, "&alternatives=") + "&client_id=" + client
}

// convert returns the URL that converts.
func (c call) convert(client string) string {
	u := c.api + "/convert?experiment=" + url.QueryEscape(c.experiment) + "&client_id=" + client
	if c.kpi != "" {
		u += "&kpi=" + url.QueryEscape(c.kpi)
	}
	return u
}

func (c call) curl() string {
	return "curl " + shell(c.participate("CLIENT_ID")) + "\n" +
		"curl " + shell(c.convert("CLIENT_ID")) + "\n"
}

func (c call) javaScript() string {
	return "const sixpack = require('sixpack-client');\n" +
		"const session = new sixpack.Session({client_id: clientID, base_url: " + script(c.api) + "});\n\n" +
		"session.participate(" + script(c.experiment) + ", [" + joined(c.alternatives, script, ", ") + "], (err, res) => {\n" +
		"  if (err) throw err;\n" +
		"  show(res.alternative.name);\n" +
		"});\n\n" +
		"session.convert(" + script(c.experiment) + c.more(script) + ", (err) => {\n" +
		"  if (err) throw err;\n" +
		"});\n"
}

func (c call) python() string {
	return "from sixpack.sixpack import Session\n\n" +
		"session = Session(client_id=client_id, options={'host': " + script(c.api) + "})\n\n" +
		"resp = session.participate(" + script(c.experiment) + ", [" + joined(c.alternatives, script, ", ") + "])\n" +
		"show(resp['alternative']['name'])\n\n" +
		"session.convert(" + script(c.experiment) + c.more(script) + ")\n"
}

func (c call) ruby() string {
	return "require 'sixpack'\n\n" +
		"session = Sixpack::Session.new(client_id, base_url: " + single(c.api) + ")\n\n" +
		"resp = session.participate(" + single(c.experiment) + ", [" + joined(c.alternatives, single, ", ") + "])\n" +
		"show(resp['alternative']['name'])\n\n" +
		"session.convert(" + single(c.experiment) + c.more(single) + ")\n"
}

func (c call) php() string {
	return "require 'vendor/autoload.php';\n\n" +
		"$session = new \\SeatGeek\\Sixpack\\Session\\Base(['clientId' => $clientId, 'baseUrl' => " + single(c.api) + "]);\n\n" +
		"$resp = $session->participate(" + single(c.experiment) + ", [" + joined(c.alternatives, single, ", ") + "]);\n" +
		"show($resp->getAlternative());\n\n" +
		"$session->convert(" + single(c.experiment) + c.more(single) + ");\n"
}

// golang leaves the KPI out, because the client has none.
func (c call) golang() string {
	return "base, _ := url.Parse(" + strconv.Quote(c.api) + ")\n" +
		"session, err := sixpack.NewSession(sixpack.Options{ClientID: []byte(clientID), BaseUrl: base})\n" +
		"if err != nil {\n\treturn err\n}\n\n" +
		"res, err := session.Participate(" + strconv.Quote(c.experiment) + ", []string{" + joined(c.alternatives, strconv.Quote, ", ") + "}, \"\")\n" +
		"if err != nil {\n\treturn err\n}\n" +
		"show(res.Alternative.Name)\n\n" +
		"_, err = session.Convert(" + strconv.Quote(c.experiment) + ")\n"
}

// more is the argument that names a KPI.
func (c call) more(quote func(string) string) string {
	if c.kpi == "" {
		return ""
	}
	return ", " + quote(c.kpi)
}

func joined(all []string, quote func(string) string, between string) string {
	quoted := make([]string, len(all))
	for i, s := range all {
		quoted[i] = quote(s)
	}
	return strings.Join(quoted, between)
}

// shell quotes for POSIX shells.
func shell(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// script quotes for JavaScript, also within a page, and for Python.
func script(s string) string {
	quoted, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings always can
	}
	return string(quoted)
}

// single quotes for PHP and Ruby, which replace nothing in single quotes.
func single(s string) string { return "'" + singleEscapes.Replace(s) + "'" }

var singleEscapes = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

// forced returns what, at the end of a page's address, makes the clients show an
// alternative without counting it.
func forced(experiment, alternative string) string {
	return "?sixpack-force-" + escaped(experiment) + "=" + escaped(alternative)
}

// escaped escapes for a query, as clients read it: a space is %20.
func escaped(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
