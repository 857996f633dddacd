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

// TestSentinel starts servers with sentinels that end with the test. It skips the
// test with -short.
func TestSentinel(tb testing.TB) *Sentinel {
	tb.Helper()
	skipShort(tb)
	return test(tb, StartSentinel)
}

// TestCluster starts a cluster that ends with the test. It skips the test with -short.
func TestCluster(tb testing.TB) *Cluster {
	tb.Helper()
	skipShort(tb)
	return test(tb, StartCluster)
}

func skipShort(tb testing.TB) {
	tb.Helper()
	if testing.Short() {
		tb.Skip("starts several redis-servers")
	}
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

// Need skips a test if there is no redis-server. If SIXPACK_CI is set, it fails the
// test instead.
func Need(tb testing.TB) {
	tb.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("SIXPACK_CI") != "" {
			tb.Fatal(err)
		}
		tb.Skipf("%v (make test installs what tests need)", err)
	}
}
