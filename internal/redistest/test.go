package redistest

import (
	"os"
	"os/exec"
	"testing"
)

// Test starts a server that ends with the test. See [Need] for machines that have
// no redis-server.
func Test(tb testing.TB, args ...string) *Server {
	tb.Helper()
	return test(tb, func() (*Server, error) { return Start(args...) })
}

// TestSentinel starts servers with sentinels that end with the test.
func TestSentinel(tb testing.TB) *Sentinel {
	tb.Helper()
	return test(tb, StartSentinel)
}

// TestCluster starts a cluster that ends with the test.
func TestCluster(tb testing.TB) *Cluster {
	tb.Helper()
	return test(tb, StartCluster)
}

func test[S interface{ Stop() error }](tb testing.TB, start func() (S, error)) S {
	tb.Helper()
	Need(tb)
	s, err := start()
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		if err := s.Stop(); err != nil {
			tb.Error(err)
		}
	})
	return s
}

// Need skips a test with -short, and if there is no redis-server. If SIXPACK_CI is
// set, it fails a test without redis-server.
func Need(tb testing.TB) {
	tb.Helper()
	if testing.Short() {
		tb.Skip("starts a redis-server")
	}
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("SIXPACK_CI") != "" {
			tb.Fatal(err)
		}
		tb.Skipf("%v (make test installs what tests need)", err)
	}
}
