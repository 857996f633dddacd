package redistest

import (
	"os"
	"os/exec"
	"testing"
)

// Test is [Start] for a test, for which see [Need]. The server ends with the test.
func Test(tb testing.TB, args ...string) *Server {
	tb.Helper()
	return test(tb, func() (*Server, error) { return Start(args...) })
}

// TestSentinel is to [StartSentinel] what [Test] is to [Start].
func TestSentinel(tb testing.TB) *Sentinel {
	tb.Helper()
	return test(tb, StartSentinel)
}

// TestCluster is to [StartCluster] what [Test] is to [Start].
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

// Need skips a test where there is no redis-server or, where SIXPACK_CI asks for
// all tests, fails it.
func Need(tb testing.TB) {
	tb.Helper()
	if _, err := exec.LookPath("redis-server"); err != nil {
		if os.Getenv("SIXPACK_CI") != "" {
			tb.Fatal(err)
		}
		tb.Skip(err)
	}
}
