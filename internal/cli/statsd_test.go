package cli

import (
	"net"
	"regexp"
	"slices"
	"testing"
	"time"
)

// TestStatsD checks that requests cause the same packets as in Sixpack.
func TestStatsD(t *testing.T) {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	url := startHere(t, t.TempDir(), "--metrics", "--statsd-url=udp://"+conn.LocalAddr().String()+"/my/prefix")
	const exp = "?experiment=exp&alternatives=one&alternatives=two"
	for _, c := range []struct {
		path string
		want []string
	}{
		{"/participate" + exp + "&client_id=cid", []string{"participate.count:1|c", "participate.response_time:<ms>|ms", "response_code.200:1|c"}},
		{"/participate" + exp, []string{"participate.count:1|c", "participate.response_time:<ms>|ms", "response_code.400:1|c"}},
		{"/convert?experiment=exp&client_id=cid", []string{"convert.count:1|c", "convert.response_time:<ms>|ms", "response_code.200:1|c"}},
		{"/experiments/exp", []string{"experiment_details.count:1|c", "experiment_details.response_time:<ms>|ms", "response_code.200:1|c"}},
		{"/nope", []string{"response_code.404:1|c"}},
		{"/_status", []string{"response_code.200:1|c", "status.count:1|c", "status.response_time:<ms>|ms"}},
		{"/", []string{"home.count:1|c", "home.response_time:<ms>|ms", "response_code.200:1|c"}},
	} {
		get(t, url+c.path)
		var got []string
		for range c.want {
			got = append(got, packet(t, conn))
		}
		slices.Sort(got)
		for i := range c.want {
			c.want[i] = "my.prefix." + c.want[i]
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%s sends %q, want %q", c.path, got, c.want)
		}
	}
}

var milliseconds = regexp.MustCompile(`:\d+\.\d+\|ms$`)

func packet(t *testing.T, conn net.PacketConn) string {
	t.Helper()
	if err := conn.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	buffer := make([]byte, 1500)
	n, _, err := conn.ReadFrom(buffer)
	if err != nil {
		t.Fatal(err)
	}
	return milliseconds.ReplaceAllString(string(buffer[:n]), ":<ms>|ms")
}
