package cli

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/redis/rueidis"

	"github.com/sixpack-go/sixpack/internal/redistest"
)

// twoData is a Redis with data of Sixpack 2.
type twoData struct {
	url    string
	client rueidis.Client
}

func newTwoData(t *testing.T) twoData {
	t.Helper()
	s := redistest.Test(t)
	client, err := rueidis.NewClient(rueidis.ClientOption{InitAddress: []string{s.Addr}, DisableCache: true, SelectDB: 15})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(client.Close)
	two := twoData{"redis://" + s.Addr + "/15?prefix=sxp", client}
	two.do(t, "SADD", "sxp:e", "button", "old", "broken")
	for _, name := range []string{"button", "old"} {
		two.do(t, "HSET", "sxp:e:"+name, "created_at", "2013-01-01 10:00", "traffic_fraction", "1.0")
		two.do(t, "RPUSH", "sxp:e:"+name+":alternatives", "red", "blue")
	}
	two.do(t, "SADD", "sxp:e:button:kpis", "sale")
	for id, client := range []string{"alice", "bob", "carol"} {
		two.do(t, "ZADD", "sxp:e:button:users", string(rune('0'+id)), client)
	}
	two.take(t, "p:button", "red:", "2013-01-28", "0")
	two.take(t, "p:button", "blue:", "2013-01-29", "1")
	two.do(t, "SETBIT", "sxp:e:button:excluded", "2", "1")
	two.take(t, "c:button/sale", "red:users:", "2013-01-30", "0")
	two.do(t, "HSET", "sxp:e:old", "archived", "1", "traffic_fraction", "False")
	two.take(t, "p:old", "blue:", "2012-12-24", "0")
	return two
}

func (s twoData) do(t *testing.T, command ...string) {
	t.Helper()
	if err := s.client.Do(t.Context(), s.client.B().Arbitrary(command...).Build()).Error(); err != nil {
		t.Fatalf("%q: %v", command, err)
	}
}

// take sets the bits of a number.
func (s twoData) take(t *testing.T, base, alternative, day, id string) {
	t.Helper()
	s.do(t, "SADD", "sxp:"+base+":days", day)
	s.do(t, "SETBIT", "sxp:"+base+":"+alternative+"all", id, "1")
	s.do(t, "SETBIT", "sxp:"+base+":"+alternative+day, id, "1")
}

var gap = regexp.MustCompile(`(\S) {2,}`)

// rows returns tables with " |" between the cells.
func rows(tables string) string { return gap.ReplaceAllString(tables, "$1 |") }

func TestImport(t *testing.T) {
	two, folder := newTwoData(t), filepath.Join(t.TempDir(), "data")
	check := func(args []string, want, wantErr string) {
		t.Helper()
		stdout, _, err := call(t, nil, append([]string{"import", "--from", two.url, "--to", folder}, args...)...)
		if got := rows(stdout); got != want || err == nil || err.Error() != wantErr {
			t.Errorf("import %q says %v\n%s\nwant %s\n%s", args, err, got, wantErr, want)
		}
	}
	check([]string{"--dry-run"}, `EXPERIMENT |ALTERNATIVES |PARTICIPANTS |EXCLUDED |CONVERSIONS |STATE |NEW
broken |- |- |- |- |damaged |nothing
button |red, blue |2 |1 |sale 1 |running |all
old |red, blue |1 |0 |0 |archived |all

broken was not imported:
  cannot be read: sxp:e:broken:alternatives is missing

About old:
  traffic_fraction "False" is not a number; 1 is used, as in Sixpack
  1 client has no name, as after archiving in Sixpack: kept as counts without a client
`, "3 experiments: 1 not imported; see above")
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("after a dry run there is a folder: %v", err)
	}
	check(nil, `EXPERIMENT |ALTERNATIVES |PARTICIPANTS |EXCLUDED |CONVERSIONS |STATE |IMPORTED |TOTALS
broken |- |- |- |- |damaged |nothing |not compared
button |red, blue |2 |1 |sale 1 |running |3 clients, 1 conversion |equal
old |red, blue |1 |0 |0 |archived |counts |equal

broken was not imported:
  cannot be read: sxp:e:broken:alternatives is missing

About old:
  traffic_fraction "False" is not a number; 1 is used, as in Sixpack
  1 client has no name, as after archiving in Sixpack: kept as counts without a client
`, "3 experiments: 1 not imported; see above")
	two.do(t, "SREM", "sxp:e", "broken", "old")
	two.do(t, "SET", "sxp:e:button:winner", "blue")
	check(nil, `EXPERIMENT |ALTERNATIVES |PARTICIPANTS |EXCLUDED |CONVERSIONS |STATE |IMPORTED |TOTALS
button |red, blue |2 |1 |sale 1 |winner blue |nothing new |equal, except for settings

button differs:
  winner: blue in the source, none in the target

Settings that differ keep their value here; --settings copies them from Sixpack.
`, "1 experiment: 1 different from Sixpack; see above")
	stdout, _, err := call(t, nil, "import", "--from", two.url, "--to", folder, "--settings")
	if err != nil || !strings.HasSuffix(rows(stdout), "|nothing new |equal\n") {
		t.Errorf("import --settings says %v\n%s", err, stdout)
	}
	server := startServer(t, folder)
	for client, want := range map[string]string{"alice": "blue", "newcomer": "blue"} {
		if _, answer := get(t, server.url+"/participate?experiment=button&alternatives=red&alternatives=blue&client_id="+client); !strings.Contains(answer, want) {
			t.Errorf("%s gets %s, want %s", client, answer, want)
		}
	}
}

// TestImportInterrupted interrupts an import at the second experiment, and repeats it.
func TestImportInterrupted(t *testing.T) {
	two, folder := newTwoData(t), t.TempDir()
	two.do(t, "SREM", "sxp:e", "broken")
	ctx, cancel := context.WithCancel(t.Context())
	var stdout bytes.Buffer
	err := run(ctx, []string{"import", "--from", two.url, "--to", folder}, nil, &stdout, canceller{"reading old (2 of 2)", cancel})
	if !errors.Is(err, context.Canceled) || !strings.Contains(rows(stdout.String()), "3 clients, 1 conversion |equal\n") {
		t.Errorf("interrupted it says %v\n%s", err, &stdout)
	}
	again, _, err := call(t, nil, "import", "--from", two.url, "--to", folder)
	if got := rows(again); err != nil || !strings.Contains(got, "|running |nothing new |equal\n") || !strings.Contains(got, "|archived |counts |equal\n") {
		t.Errorf("after that it says %v\n%s", err, again)
	}
}

// A canceller cancels when something is written.
type canceller struct {
	at     string
	cancel func()
}

// Write implements [io.Writer].
func (c canceller) Write(p []byte) (int, error) {
	if strings.Contains(string(p), c.at) {
		c.cancel()
	}
	return len(p), nil
}

func TestExport(t *testing.T) {
	two, folder := newTwoData(t), t.TempDir()
	two.do(t, "SREM", "sxp:e", "broken")
	back := strings.Replace(two.url, "=sxp", "=back", 1)
	for _, args := range [][]string{
		{"import", "--from", two.url, "--to", folder},
		{"export", "--from", folder, "--to", back},
		{"import", "--from", back, "--to", folder}, // what came back is what was there
		{"export", "--from", folder, "--to", two.url},
	} {
		stdout, _, err := call(t, nil, args...)
		if got := rows(stdout); err != nil || strings.Count(got, "|equal\n") != 2 {
			t.Errorf("%s says %v\n%s", args, err, got)
		}
	}
	two.take(t, "p:button", "blue:", "2013-01-31", "5")
	stdout, _, err := call(t, nil, "export", "--from", folder, "--to", two.url)
	if want := `EXPERIMENT |PARTICIPANTS |EXCLUDED |CONVERSIONS |STATE |WRITTEN |TOTALS
button |2 |1 |sale 1 |running |nothing |not compared
old |1 |0 |0 |archived |nothing new |equal

button was not exported:
  not written: Sixpack already has it, with more counts: overwrite it with --force
`; rows(stdout) != want || err == nil || err.Error() != "2 experiments: 1 not written; see above" {
		t.Errorf("over other data export says %v\n%s\nwant\n%s", err, rows(stdout), want)
	}
	stdout, _, err = call(t, nil, "export", "--from", folder, "--to", two.url, "--force")
	if want := `EXPERIMENT |PARTICIPANTS |EXCLUDED |CONVERSIONS |STATE |WRITTEN |TOTALS
button |2 |1 |sale 1 |running |3 clients |equal
old |1 |0 |0 |archived |0 clients |equal
`; rows(stdout) != want || err != nil {
		t.Errorf("with force export says %v\n%s\nwant\n%s", err, rows(stdout), want)
	}
}

func TestImportAndExportRefuse(t *testing.T) {
	two := newTwoData(t)
	empty := strings.Replace(two.url, "=sxp", "=none", 1)
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"import", "--from", empty, "--to", t.TempDir()}, `there are no experiments of Sixpack 2 under the prefix "none": check the database and ?prefix= of --from`},
		{[]string{"export", "--to", two.url, "--from", empty}, "there are no experiments to export: check --from, or data_dir or redis_url in the configuration"},
	} {
		if stdout, _, err := call(t, nil, c.args...); err == nil || err.Error() != c.want || stdout != "" {
			t.Errorf("%q says %v\n%s", c.args, err, stdout)
		}
	}
}

// TestImportConfigured imports into the Redis that has Sixpack's keys, as the error of a server
// advises, and starts that server.
func TestImportConfigured(t *testing.T) {
	two := newTwoData(t)
	two.do(t, "SREM", "sxp:e", "broken")
	config := writeFile(t, "sixpack.yml", "redis_url: "+two.url+"\n")
	if _, _, err := call(t, nil, "serve", "--port=0", "--web-port=0", "--config", config); err == nil || !strings.Contains(err.Error(), `Import them with "sixpack import --config=`+config+`" (`) {
		t.Errorf("before an import the server says %v", err)
	}
	stdout, _, err := call(t, nil, "import", "--config", config)
	if err != nil || strings.Count(rows(stdout), "|equal\n") != 2 {
		t.Errorf("import says %v\n%s", err, stdout)
	}
	server := startServer(t, t.TempDir(), "--config="+config, "--store=redis")
	if _, answer := get(t, server.url+"/experiments/button"); !strings.Contains(answer, `"total_participants":2`) {
		t.Errorf("after an import the server says %s", answer)
	}
	if stdout, _, err := call(t, nil, "export", "--config", config); err != nil || strings.Count(rows(stdout), "|nothing new |equal\n") != 2 {
		t.Errorf("export says %v\n%s", err, stdout)
	}
}
