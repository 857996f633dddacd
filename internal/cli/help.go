package cli

import (
	"context"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/pflag"
)

// command is one of the things this program does.
type command struct {
	name        string
	operands    string // as the usage shows them
	least, most int    // number of operands
	summary     string
	help        string
	flags       func(*pflag.FlagSet) // declares the flags that only it has
	run         func(context.Context, *invocation) error
}

func (c command) usage() string {
	usage := c.name
	if c.operands != "" {
		usage += " " + c.operands
	}
	return usage + " [flags]"
}

// commands returns all commands, in the order in which the help lists them.
func commands() []command {
	return []command{
		{
			name: "serve", summary: "the API and the dashboard; what sixpack alone does", help: serveHelp,
			run: func(ctx context.Context, in *invocation) error {
				return serve(ctx, in, parts{api: true, dashboard: true})
			},
		},
		{
			name: "server", summary: "the API without the dashboard", help: serveHelp,
			run: func(ctx context.Context, in *invocation) error { return serve(ctx, in, parts{api: true}) },
		},
		{
			name: "web", summary: "the dashboard without the API", help: serveHelp,
			run: func(ctx context.Context, in *invocation) error { return serve(ctx, in, parts{dashboard: true}) },
		},
		passwdCommand(),
		seedCommand(),
		analyzeCommand(),
		planCommand(),
		aaCommand(),
		simulateCommand(),
		importCommand(),
		exportCommand(),
		copyCommand(),
		backupCommand(),
		{name: "compact", summary: "make the data file smaller, while no server runs", help: compactHelp, run: compact},
		{name: "check-config", summary: "show the settings in force and what is wrong with them", help: checkHelp, run: checkConfig},
		{
			name: "version", summary: "print the version", help: "Prints the version, and what it was built with.\n",
			run: func(_ context.Context, in *invocation) error { return printVersion(in.stdout) },
		},
		{
			name: "help", operands: "[COMMAND]", most: 1, summary: "print this, or more about a command", help: helpHelp,
			run: func(_ context.Context, in *invocation) error {
				return help(in, strings.Join(in.arguments, ""))
			},
		},
	}
}

const introduction = `sixpack runs A/B tests: it tells your programs which alternative of an experiment a
client gets, always the same one, and counts who took part and who converted.

Usage: sixpack [COMMAND] [flags]

`

const gettingStarted = `
To begin, run "sixpack" and in another window:

  curl 'http://localhost:5000/participate?experiment=button-color&alternatives=red&alternatives=blue&client_id=alice'
  curl 'http://localhost:5000/convert?experiment=button-color&client_id=alice'
  curl 'http://localhost:5000/experiments/button-color'

Or run "sixpack seed" before, to have some experiments to look at.

The data is in the folder sixpack-data below the one you are in, unless --data-dir or
SIXPACK_DATA_DIR names another one.
`

const settingsHelp = `
Settings are flags, variables or lines in a YAML file; flags go before variables, variables
before the file. Those that most need:

  --config FILE    SIXPACK_CONFIG      the file; Sixpack 2's config.yml will do
  --host HOST      SIXPACK_HOST        where the API listens: all addresses if not given
  --port PORT      SIXPACK_PORT        5000
  --web-host HOST  SIXPACK_WEB_HOST    where the dashboard listens: 127.0.0.1
  --web-port PORT  SIXPACK_WEB_PORT    5001
  --data-dir DIR   SIXPACK_DATA_DIR    ./sixpack-data
  --log-format F   SIXPACK_LOG_FORMAT  text or json

"sixpack help config" lists all of them, "sixpack check-config" those in force.
`

const serveHelp = `Serves the API, which existing Sixpack clients use unchanged, until it gets a SIGINT
(Ctrl-C) or SIGTERM; requests under way are finished first.

The API (port 5000) has no password, as it is for your visitors' browsers too. The
dashboard (port 5001) answers only to this machine, where everyone may do everything; for
others to reach it, name who may ("sixpack help passwd") and set web_host. "server" is
"serve" without the dashboard, "web" is the dashboard alone.

Everything the API acknowledged is on the disk, in sixpack.db in the data folder. A second
server cannot use the same folder: several servers share a Redis. To set any of the redis_
keys selects it, a single machine, sentinels or a cluster.

Examples:
  sixpack
  sixpack server --redis-host redis.internal --redis-db 0
  sixpack web --redis-host redis.internal --redis-db 0 --api-url https://ab.example.com
  sixpack serve --port 8000 --data-dir /var/lib/sixpack
  SIXPACK_CONFIG=/etc/sixpack.yml sixpack server --log-format json
` + settingsHelp

const compactHelp = `Rewrites the data file without the space that deleted experiments left in it. The
server must not run meanwhile. The file is replaced in one step; should anything go wrong,
it stays as it was.

Example:
  sixpack compact --data-dir /var/lib/sixpack
`

const checkHelp = `Prints each setting, its value and where it comes from, then what is wrong with them. The
exit status is 0 if sixpack would start with them, else 1. Secrets are not shown.

Examples:
  sixpack check-config
  SIXPACK_CONFIG=/etc/sixpack.yml sixpack check-config --port 8000
` + settingsHelp

const helpHelp = `Prints what sixpack can do, or more about a command. "sixpack help config" prints the
documented configuration file, with the defaults:

  sixpack help config >sixpack.yml
`

// help prints the help on a command, or on everything.
func help(in *invocation, topic string) error {
	switch topic {
	case "", "help":
		return writeAll(in.stdout, overview()+settingsHelp)
	case "config":
		return writeAll(in.stdout, string(defaults))
	}
	c, err := findCommand(topic)
	if err != nil {
		return err
	}
	text := "Usage: sixpack " + c.usage() + "\n\n" + c.help
	if c.flags != nil {
		own := pflag.NewFlagSet(c.name, pflag.ContinueOnError)
		own.SortFlags = false
		c.flags(own)
		text += "\nFlags of its own, beside the settings (\"sixpack help config\"):\n" + own.FlagUsages()
	}
	return writeAll(in.stdout, text)
}

func overview() string {
	var b strings.Builder
	b.WriteString(introduction)
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, c := range commands() {
		fmt.Fprintf(table, "  %s\t%s\n", strings.TrimSpace(c.name+" "+c.operands), c.summary)
	}
	_ = table.Flush() // to a Builder, which never fails
	b.WriteString(gettingStarted)
	return b.String()
}

func writeAll(w io.Writer, s string) error {
	_, err := io.WriteString(w, s)
	return err
}
