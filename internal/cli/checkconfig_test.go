package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestCheckConfig compares all of what check-config prints.
func TestCheckConfig(t *testing.T) {
	path := filepath.Join("testdata", "check.yml")
	environ := []string{
		"SIXPACK_CONFIG=" + path, "SIXPACK_CONFIG_SECRET=hush", "SIXPACK_CONFIG_WHIPLASH=true",
		"SIXPACK_WEB_PORT=8001", "STATSD_URL=udp://statsd:8125/shop/ab", "SIXPACK_ELSE=1",
	}
	good, _, err := call(t, environ, "check-config", "--web-port=8002", "--metrics")
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "check-good.txt", good)
	if strings.Contains(good, "hush") {
		t.Error("the secret is shown")
	}

	environ = append(environ, "SIXPACK_CONFIG_REDIS_HOST=redis", "SIXPACK_CONFIG_REDIS_PASSWORD=hush", "SIXPACK_CONFIG_REDIS_CLUSTER=redis:6379", "SIXPACK_TIMEZON=UTC")
	bad, _, err := call(t, environ, "check-config", "--port=http", "--robot-regex=a(?=b)")
	if err == nil || err.Error() != "the configuration has 4 problems" {
		t.Errorf("error is %v", err)
	}
	golden(t, "check-bad.txt", bad)
	if strings.Contains(bad, "hush") {
		t.Error("the password is shown")
	}

	_, _, err = call(t, nil, "check-config", "--port=http")
	if err == nil || err.Error() != "the configuration has 1 problem" {
		t.Errorf("error is %v", err)
	}
}

// TestSecretInFile checks that a secret is not shown wherever it comes from.
func TestSecretInFile(t *testing.T) {
	for _, yaml := range []string{"secret_key: hush123\n", "secret_key: 7123\n", "secret_key: [hush123, 7123]\n"} {
		path := writeFile(t, "config.yml", yaml)
		shown, _, _ := call(t, nil, "check-config", "--config="+path)
		if strings.Contains(shown, "hush123") || strings.Contains(shown, "7123") {
			t.Errorf("%s is shown:\n%s", strings.TrimSpace(yaml), shown)
		}
	}
	if _, err := os.Stat("sixpack-data"); err == nil {
		t.Error("check-config made a folder")
	}
}
