package storetest_test

import (
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/sixpack-go/sixpack/store"
	"github.com/sixpack-go/sixpack/store/memory"
	"github.com/sixpack-go/sixpack/store/storetest"
)

// brokenVar is the environment variable that names the broken store to test in another process.
const brokenVar = "STORETEST_BROKEN"

// TestBrokenStoresFail runs the suite against stores that each make one mistake: a suite that no
// store fails proves nothing. A failing subtest would fail this process, so another process runs
// it for each store.
func TestBrokenStoresFail(t *testing.T) {
	t.Parallel()
	for name, b := range brokenStores() {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			out, err := suite(t, name, "^TestBroken$/^("+strings.Join(b.fails, "|")+")$")
			if err == nil {
				t.Error("the suite passes")
			}
			failed := subtests(out, "--- FAIL: TestBroken/")
			for _, promise := range b.fails {
				if !slices.Contains(failed, promise) {
					t.Errorf("%s passes", promise)
				}
			}
			if t.Failed() {
				t.Log(out)
			}
		})
	}
}

// TestBroken runs in the other process.
func TestBroken(t *testing.T) {
	name := os.Getenv(brokenVar)
	if name == "" {
		t.Skip("TestBrokenStoresFail runs it")
	}
	storetest.Run(t, func(testing.TB) store.Store {
		if b, ok := brokenStores()[name]; ok {
			return b.open(new(memory.Store))
		}
		return new(memory.Store)
	})
}

// TestEveryPromiseCanBeBroken finds tests that no broken store fails.
func TestEveryPromiseCanBeBroken(t *testing.T) {
	out, err := suite(t, "none", "^TestBroken$")
	if err != nil {
		t.Fatalf("a sound store fails: %v\n%s", err, out)
	}
	var broken []string
	for _, b := range brokenStores() {
		broken = append(broken, b.fails...)
	}
	for _, promise := range subtests(out, "--- PASS: TestBroken/") {
		if !slices.Contains(broken, promise) {
			t.Errorf("no broken store fails %s", promise)
		}
	}
}

// TestForgetfulStoreFails is TestBrokenStoresFail for RunDurable.
func TestForgetfulStoreFails(t *testing.T) {
	out, err := suite(t, "forgets everything", "^TestForgetful$")
	failed := subtests(out, "--- FAIL: TestForgetful/")
	if want := []string{"EverythingSurvives", "CountingGoesOn", "ForgottenStaysForgotten", "IdentitySurvives"}; err == nil || !slices.Equal(failed, want) {
		t.Errorf("the suite fails in %q, want %q:\n%s", failed, want, out)
	}
}

// TestForgetful runs in the other process.
func TestForgetful(t *testing.T) {
	if os.Getenv(brokenVar) == "" {
		t.Skip("TestForgetfulStoreFails runs it")
	}
	storetest.RunDurable(t, func(testing.TB) (store.Store, func() store.Store) {
		return new(memory.Store), func() store.Store { return new(memory.Store) }
	})
}

// TestDurableStorePasses uses a store that survives because it is never closed.
func TestDurableStorePasses(t *testing.T) {
	storetest.RunDurable(t, func(testing.TB) (store.Store, func() store.Store) {
		s := neverCloses{new(memory.Store)}
		return s, func() store.Store { return s }
	})
}

// suite runs tests of this package in another process and returns the output.
func suite(t *testing.T, broken, tests string) (string, error) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), self, "-test.v", "-test.run="+tests)
	cmd.Env = append(cmd.Environ(), brokenVar+"="+broken)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// subtests returns the names that follow a prefix in the output of a test.
func subtests(output, prefix string) (names []string) {
	for line := range strings.Lines(output) {
		if rest, ok := strings.CutPrefix(strings.TrimSpace(line), prefix); ok {
			name, _, _ := strings.Cut(rest, " ")
			names = append(names, name)
		}
	}
	return names
}
