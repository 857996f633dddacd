// Package snippet generates client code for an experiment, to copy from its page.
package snippet

import (
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
)

// Snippet is code in one language that participates in an experiment and converts.
type Snippet struct {
	ID, Language string
	Install      string // command that installs the client; may be empty
	Code         string
}

// Call is the experiment and the KPI that the code uses.
type Call struct {
	API          string // base URL of the service for programs
	Experiment   string
	Alternatives []string
	KPI          string // to convert by; empty for the default KPI
}

// All returns the code in all languages.
func (c Call) All() []Snippet {
	return []Snippet{
		{"curl", "curl", "", c.curl()},
		{"js", "JavaScript", "npm install sixpack-client", c.javaScript()},
		{"python", "Python", "pip install sixpack-client", c.python()},
		{"ruby", "Ruby", "gem install sixpack-client", c.ruby()},
		{"php", "PHP", "composer require seatgeek/sixpack-php", c.php()},
		{"go", "Go", "go get github.com/subosito/sixpack-go/sixpack", c.golang()},
	}
}

// Participate returns a curl command that participates as the client "me".
func (c Call) Participate() string { return "curl " + shell(c.participateURL("me")) }

func (c Call) participateURL(client string) string {
	return c.API + "/participate?experiment=" + url.QueryEscape(c.Experiment) +
		"&alternatives=" + join(c.Alternatives, url.QueryEscape, "&alternatives=") + "&client_id=" + client
}

func (c Call) convertURL(client string) string {
	u := c.API + "/convert?experiment=" + url.QueryEscape(c.Experiment) + "&client_id=" + client
	if c.KPI != "" {
		u += "&kpi=" + url.QueryEscape(c.KPI)
	}
	return u
}

func (c Call) curl() string {
	return "curl " + shell(c.participateURL("CLIENT_ID")) + "\n" +
		"curl " + shell(c.convertURL("CLIENT_ID")) + "\n"
}

func (c Call) javaScript() string {
	return "const sixpack = require('sixpack-client');\n" +
		"const session = new sixpack.Session({client_id: clientID, base_url: " + script(c.API) + "});\n\n" +
		"session.participate(" + script(c.Experiment) + ", [" + join(c.Alternatives, script, ", ") + "], (err, res) => {\n" +
		"  if (err) throw err;\n" +
		"  show(res.alternative ? res.alternative.name : " + script(c.Alternatives[0]) + ");\n" +
		"});\n\n" +
		"session.convert(" + script(c.Experiment) + c.kpiArgument(script) + ", (err) => {\n" +
		"  if (err) throw err;\n" +
		"});\n"
}

func (c Call) python() string {
	return "from sixpack.sixpack import Session\n\n" +
		"session = Session(client_id=client_id, options={'host': " + script(c.API) + "})\n\n" +
		"resp = session.participate(" + script(c.Experiment) + ", [" + join(c.Alternatives, script, ", ") + "])\n" +
		"show(resp['alternative']['name'])\n\n" +
		"session.convert(" + script(c.Experiment) + c.kpiArgument(script) + ")\n"
}

func (c Call) ruby() string {
	return "require 'sixpack'\n\n" +
		"session = Sixpack::Session.new(client_id, base_url: " + single(c.API) + ")\n\n" +
		"resp = session.participate(" + single(c.Experiment) + ", [" + join(c.Alternatives, single, ", ") + "])\n" +
		"show(resp['alternative']['name'])\n\n" +
		"session.convert(" + single(c.Experiment) + c.kpiArgument(single) + ")\n"
}

func (c Call) php() string {
	return "require 'vendor/autoload.php';\n\n" +
		"$session = new \\SeatGeek\\Sixpack\\Session\\Base(['clientId' => $clientId, 'baseUrl' => " + single(c.API) + "]);\n\n" +
		"$resp = $session->participate(" + single(c.Experiment) + ", [" + join(c.Alternatives, single, ", ") + "]);\n" +
		"show($resp->getAlternative());\n\n" +
		"$session->convert(" + single(c.Experiment) + c.kpiArgument(single) + ");\n"
}

// golang omits the KPI, which the client does not support.
func (c Call) golang() string {
	return "base, _ := url.Parse(" + strconv.Quote(c.API) + ")\n" +
		"session, err := sixpack.NewSession(sixpack.Options{ClientID: []byte(clientID), BaseUrl: base})\n" +
		"if err != nil {\n\treturn err\n}\n\n" +
		"res, err := session.Participate(" + strconv.Quote(c.Experiment) + ", []string{" + join(c.Alternatives, strconv.Quote, ", ") + "}, \"\")\n" +
		"if err != nil {\n\treturn err\n}\n" +
		"show(res.Alternative.Name)\n\n" +
		"_, err = session.Convert(" + strconv.Quote(c.Experiment) + ")\n"
}

// kpiArgument returns the argument that names the KPI, if it is not the default.
func (c Call) kpiArgument(quote func(string) string) string {
	if c.KPI == "" {
		return ""
	}
	return ", " + quote(c.KPI)
}

func join(all []string, quote func(string) string, between string) string {
	quoted := make([]string, len(all))
	for i, s := range all {
		quoted[i] = quote(s)
	}
	return strings.Join(quoted, between)
}

// shell quotes for POSIX shells.
func shell(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// script quotes for Python and JavaScript, also inside HTML.
func script(s string) string {
	quoted, err := json.Marshal(s)
	if err != nil {
		panic(err) // strings can always be encoded
	}
	return string(quoted)
}

// single quotes for PHP and Ruby, in whose single quotes nothing else is special.
func single(s string) string { return "'" + singleEscapes.Replace(s) + "'" }

var singleEscapes = strings.NewReplacer(`\`, `\\`, `'`, `\'`)

// Preview returns what to append to a page's URL so that the clients show an
// alternative without counting the visit.
func Preview(experiment, alternative string) string {
	return "?sixpack-force-" + escape(experiment) + "=" + escape(alternative)
}

// escape escapes for a query as clients decode it, with %20 for a space.
func escape(s string) string { return strings.ReplaceAll(url.QueryEscape(s), "+", "%20") }
