package cli

import (
	"bytes"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/internal/config"
)

// errorFiles are the files that the command lines in testdata/errors.txt name.
var errorFiles = map[string]string{
	"single.csv":   "alternative,participants,conversions\nA,100,5\n",
	"text.csv":     "alternative,participants,conversions\nA,100,5\nB,x,7\n",
	"columns.csv":  "alternative,participants\nA,5\n",
	"broken.yml":   "port: [\n",
	"unknown.yml":  "prot: 80\n",
	"weights.yml":  "weights: {large: {a: 1, c: 1}}\n",
	"host.yml":     "host: [a, b]\n",
	"weak.db":      "not a database, but longer than nothing\n",
	"not-a-folder": "",
}

// TestErrors runs the command lines in testdata/errors.txt, which have variables and arguments
// without spaces. Below each line stand the exit status and the message. A line without an error
// is an error of the test, and so is anything on standard output.
//
//	go test ./internal/cli -run TestErrors -update
func TestErrors(t *testing.T) {
	list, err := os.ReadFile("testdata/errors.txt")
	if err != nil {
		t.Fatal(err)
	}
	path, err := filepath.Abs("testdata/errors.txt")
	if err != nil {
		t.Fatal(err)
	}
	busy, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.Close()
	_, port, _ := net.SplitHostPort(busy.Addr().String())
	t.Chdir(t.TempDir())
	for name, content := range errorFiles {
		if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, folder := range []string{"data", "aa"} {
		if err := os.Mkdir(folder, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	fill(t, "data")
	fillAA(t, "aa")
	lines := regexp.MustCompile(`(?m)^(\$ .*|#.*|)\n`).FindAllStringSubmatch(string(list), -1)
	var got strings.Builder
	for _, line := range lines {
		got.WriteString(line[0])
		words := strings.Fields(strings.ReplaceAll(strings.TrimPrefix(line[1], "$ "), "BUSY", port))
		command := slices.Index(words, "sixpack")
		if line[1] == "" || line[1][0] == '#' || command < 0 {
			continue
		}
		stdout, _, err := call(t, words[:command], words[command+1:]...)
		var message bytes.Buffer
		if status := exitStatus(err, &message); status == 0 || stdout != "" {
			t.Errorf("%sexits with %d and prints\n%s", line[0], status, stdout)
		} else {
			fmt.Fprintf(&got, "%d %s", status, strings.ReplaceAll(strings.TrimPrefix(message.String(), "sixpack: "), port, "BUSY"))
		}
	}
	if *update {
		if err := os.WriteFile(path, []byte(got.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	} else if got.String() != string(list) {
		was, is := firstDifference(string(list), got.String())
		t.Errorf("testdata/errors.txt has\n%s\nwhere sixpack now prints\n%s", was, is)
	}
	if exitStatus(nil, nil) != 0 {
		t.Error("the exit status of success is not 0")
	}
	for _, c := range rootCommand(new(process)).Commands() {
		if c.Runnable() && !strings.Contains(got.String(), "sixpack "+c.Name()+" ") {
			t.Errorf("errors.txt has no error of sixpack %s", c.Name())
		}
	}
	for _, k := range config.Keys() {
		if !anyValue[k.Name] && !strings.Contains(got.String(), "\n1 configuration: "+k.Name+": ") {
			t.Errorf("errors.txt has no wrong value of %s", k.Name)
		}
	}
}

// anyValue has the keys that may have any value.
var anyValue = map[string]bool{
	"host": true, "web_host": true, "cors_origin": true, "cors_headers": true, "cors_methods": true, "cors_expose_headers": true,
	"redis_url": true, "redis_host": true, "redis_unix_socket": true, "redis_username": true, "redis_password": true,
	"redis_sentinel_service_name": true, "redis_sentinel_username": true, "redis_sentinel_password": true,
	"redis_tls_ca": true, "redis_tls_cert": true, "redis_tls_key": true, "redis_tls_server_name": true,
	"proxy_header": true, "secret_key": true, "asset_path": true,
}
